/**
 * The methods of Java's numbers and booleans. Static ones among them, by which templates read numbers:
 * `#set($Integer = 0)$Integer.parseInt("7")`.
 */
import { misconfigured } from './faults.js'
import type { Method, Methods } from './methods.js'
import type { Run } from './run.js'
import { Decimal, isDecimal, numberOf } from './values.js'

type JavaNumber = number | bigint | Decimal
type NumberMethod = Method<JavaNumber>

function integerIn(text: string): number | bigint {
  if (!/^[+-]?\d{1,1000}$/.test(text)) throw misconfigured(`'${text.slice(0, 80)}' is no integer`)
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

function decimalIn(text: string): number | Decimal {
  const trimmed = text.trim()
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed))
    throw misconfigured(`'${text.slice(0, 80)}' is no number`)
  return Decimal.of(Number(trimmed))
}

const parseInteger: NumberMethod = (_, args, run) => integerIn(run.print(args[0]))
const parseDecimal: NumberMethod = (_, args, run) => decimalIn(run.print(args[0]))

const toInteger: NumberMethod = (self) => (typeof self === 'bigint' ? self : Math.trunc(numberOf(self) ?? 0))
const toDecimal: NumberMethod = (self) => Decimal.of(numberOf(self) ?? 0)

const compareTo: NumberMethod = (self, [other]) => {
  const [left, right] = [numberOf(self), numberOf(other)]
  return left === undefined || right === undefined ? undefined : Math.sign(left - right)
}

/** `valueOf("7")` and `toString(7)` are static, `toString()` is not. */
const valueOf: NumberMethod = (self, args, run) =>
  isDecimal(self) ? parseDecimal(self, args, run) : parseInteger(self, args, run)

const toText: NumberMethod = (self, args, run) => run.print(args.length > 0 ? args[0] : self)

export const NUMBER_METHODS: Methods<JavaNumber> = new Map<string, NumberMethod>([
  ['compareTo', compareTo],
  ['doubleValue', toDecimal],
  ['floatValue', toDecimal],
  ['intValue', toInteger],
  ['longValue', toInteger],
  ['parseDouble', parseDecimal],
  ['parseFloat', parseDecimal],
  ['parseInt', parseInteger],
  ['parseLong', parseInteger],
  ['toString', toText],
  ['valueOf', valueOf],
])

function isTrueText(args: readonly unknown[], run: Run): boolean {
  return run.print(args[0]).toLowerCase() === 'true'
}

export const BOOLEAN_METHODS: Methods<boolean> = new Map<string, Method<boolean>>([
  ['booleanValue', (self) => self],
  ['parseBoolean', (_, args, run) => isTrueText(args, run)],
  ['toString', (self, args, run) => run.print(args.length > 0 ? args[0] : self)],
  ['valueOf', (_, args, run) => isTrueText(args, run)],
])
