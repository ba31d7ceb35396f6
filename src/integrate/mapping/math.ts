/** Velocity's arithmetic and comparisons: integers stay integers, as in Java. */
import type { Run } from './run.js'
import { Decimal, isDecimal, isEqual, isNumber, numberOf } from './values.js'

type Calculate = (left: unknown, right: unknown, run: Run) => unknown

function arithmetic(
  integers: (left: bigint, right: bigint) => bigint | undefined,
  numbers: (left: number, right: number) => number,
): Calculate {
  return (left, right) => {
    if (!isNumber(left) || !isNumber(right)) return undefined
    const [a, b] = [numberOf(left) ?? 0, numberOf(right) ?? 0]
    if (isDecimal(left) || isDecimal(right)) return Decimal.of(numbers(a, b))
    const result = numbers(a, b)
    if (typeof left === 'number' && typeof right === 'number' && Number.isSafeInteger(result)) return result
    const exact = integers(BigInt(left as number | bigint), BigInt(right as number | bigint))
    return exact === undefined || exact > MOST || exact < -MOST ? undefined : narrow(exact)
  }
}

/** Larger integers are nothing that a template calculates with. */
const MOST = 10n ** 100n

function narrow(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const add = arithmetic(
  (left, right) => left + right,
  (left, right) => left + right,
)

/** Text is joined. */
function plus(left: unknown, right: unknown, run: Run): unknown {
  if (typeof left !== 'string' && typeof right !== 'string') return add(left, right, run)
  const [a, b] = [run.print(left), run.print(right)]
  run.make(a.length + b.length)
  return a + b
}

/** Division by zero gives null, as does whatever is no number. */
function dividing(
  integers: (left: bigint, right: bigint) => bigint,
  numbers: (left: number, right: number) => number,
): Calculate {
  const calculate = arithmetic((left, right) => (right === 0n ? undefined : integers(left, right)), numbers)
  return (left, right, run) => {
    if (numberOf(right) === 0) return undefined
    if (!isDecimal(left) && !isDecimal(right) && typeof left === 'number' && typeof right === 'number')
      return Math.trunc(numbers(left, right))
    return calculate(left, right, run)
  }
}

function comparing(holds: (left: number, right: number) => boolean): Calculate {
  return (left, right) => {
    const [a, b] = [numberOf(left), numberOf(right)]
    return a !== undefined && b !== undefined && holds(a, b)
  }
}

/** By operator. */
export const MATH: Readonly<Record<string, Calculate>> = {
  '+': plus,
  '-': arithmetic(
    (left, right) => left - right,
    (left, right) => left - right,
  ),
  '*': arithmetic(
    (left, right) => left * right,
    (left, right) => left * right,
  ),
  '/': dividing(
    (left, right) => left / right,
    (left, right) => left / right,
  ),
  '%': dividing(
    (left, right) => left % right,
    (left, right) => left % right,
  ),
  '==': (left, right, run) => isEqual(left, right, run),
  '!=': (left, right, run) => !isEqual(left, right, run),
  '<': comparing((left, right) => left < right),
  '<=': comparing((left, right) => left <= right),
  '>': comparing((left, right) => left > right),
  '>=': comparing((left, right) => left >= right),
}
