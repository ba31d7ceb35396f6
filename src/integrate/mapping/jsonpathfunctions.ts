/**
 * The functions that a JSON path may end with: `$.pets.length()`.
 *
 * @see https://github.com/json-path/JsonPath#functions
 */
import { Decimal, isMap, isNumber, numberOf } from './values.js'

type Compute = (value: unknown) => unknown

/** Of the numbers in a list; of none there is nothing. */
function ofNumbers(compute: (numbers: readonly number[]) => number): Compute {
  return (value) => {
    const numbers = (Array.isArray(value) ? value : []).filter(isNumber).map((each) => numberOf(each) ?? 0)
    return numbers.length === 0 ? undefined : Decimal.of(compute(numbers))
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

const length: Compute = (value) => {
  if (Array.isArray(value) || typeof value === 'string') return value.length
  return isMap(value) ? Object.keys(value).length : undefined
}

/** By name. */
export const FUNCTIONS: Readonly<Record<string, Compute>> = {
  avg: ofNumbers((numbers) => sum(numbers) / numbers.length),
  first: (value) => (Array.isArray(value) ? value[0] : undefined),
  keys: (value) => (isMap(value) ? Object.keys(value) : undefined),
  last: (value) => (Array.isArray(value) ? value.at(-1) : undefined),
  length,
  max: ofNumbers((numbers) => numbers.reduce((most, each) => Math.max(most, each))),
  min: ofNumbers((numbers) => numbers.reduce((least, each) => Math.min(least, each))),
  size: length,
  sum: ofNumbers(sum),
}
