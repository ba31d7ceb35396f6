/** The vocabulary of checks: each looks at one spot and reports there what is wrong. What is not given is not looked at. */
import { type Duration, milliseconds } from '../../clock.js'
import { didYouMean } from '../../suggest.js'
import type { FaultCode } from '../faults.js'
import { alias } from './aliases.js'
import { isFields } from './snapshot.js'
import { enumerate, type Spot, show } from './spot.js'

export type Check = (at: Spot) => void

/** The checks of an object's fields. The compiler sees to it that none of `T` is forgotten and none invented. */
export type FieldChecks<T extends object> = { readonly [K in keyof T]-?: Check }

/** An object with these fields and no others. @param what it is, with its article */
export function object<T extends object>(
  what: string,
  checks: FieldChecks<T>,
  required: readonly (keyof T & string)[] = [],
): Check {
  const known = new Map(Object.entries<Check>(checks))
  const needs = /^the options|checks$/.test(what) ? 'need' : 'needs'
  return (at) => {
    if (!isObject(at, what)) return
    for (const name of at.names) (known.get(name) ?? unknownField(name, what, known.keys()))(at.at(name))
    for (const name of required) {
      const field = at.at(name)
      if (!field.given) field.fault('REQUIRED', `${what} ${needs} \`${name}\``, `Add \`${name}\`.`)
    }
  }
}

function unknownField(name: string, what: string, known: Iterable<string>): Check {
  const names = [...known]
  const fix = alias(name, what) ?? didYouMean(name, names, `It has ${enumerate(names, 'and')}.`)
  return (at) => at.fault('UNKNOWN_FIELD', `\`${name}\` is no field of ${what}`, fix)
}

/** Whether it is an object; reports it where not. */
export function isObject(at: Spot, what: string): boolean {
  return isFields(at.value) || wrongType(at, what, `Write ${what} as an object: { … }.`)
}

/** An object by names of the user's own. */
export function record(what: string, entry: (at: Spot, name: string) => void): Check {
  return (at) => {
    if (isObject(at, what)) for (const name of at.names) entry(at.at(name), name)
  }
}

export function list(what: string, item: Check): Check {
  return (at) => {
    if (Array.isArray(at.value)) at.items.forEach(item)
    else
      wrongType(
        at,
        what,
        typeof at.value === 'string' ? `Write [${show(at.value)}].` : `Write ${what} as a list: [ … ].`,
      )
  }
}

export function oneOrMore(item: Check): Check {
  return (at) => (Array.isArray(at.value) ? at.items.forEach(item) : item(at))
}

/** Something that is often written for another. @param hint what would be right; `undefined`: the check says */
export function hinted(what: string, hint: (value: unknown) => string | undefined, otherwise: Check): Check {
  return (at) => {
    const fix = hint(at.value)
    if (fix === undefined) otherwise(at)
    else wrongType(at, what, fix)
  }
}

/** A check that is made, and loaded, when there is something to be checked. */
export function late(make: () => Check): Check {
  let made: Check | undefined
  return (at) => {
    made ??= make()
    made(at)
  }
}

/** One of these values, or else what the check says. */
export function eitherOr(values: readonly unknown[], otherwise: Check): Check {
  return (at) => {
    if (!values.includes(at.value)) otherwise(at)
  }
}

export function oneOf(...values: readonly string[]): Check {
  const quoted = values.map((value) => `'${value}'`)
  return (at) => {
    if (typeof at.value === 'string' && values.includes(at.value)) return
    const fix = `Write ${enumerate(quoted, 'or')}.`
    const near = typeof at.value === 'string' ? didYouMean(at.value, values, fix) : fix
    at.fault('VALUE_INVALID', `${show(at.value)} is not one of ${quoted.join(', ')}`, near)
  }
}

export const boolean: Check = (at) => {
  if (typeof at.value !== 'boolean') wrongType(at, 'a boolean', 'Write true or false.')
}

export const callable: Check = (at) => {
  if (typeof at.value !== 'function') wrongType(at, 'a function', 'Give a function, or leave it out.')
}

/** A text; and what else it must be. */
export function text(what = 'a text', also: (at: Spot, value: string) => void = () => {}): Check {
  return (at) => {
    if (typeof at.value === 'string') also(at, at.value)
    else wrongType(at, what, `Write ${what} as a string.`)
  }
}

/** A text of a certain form. @param form in words, as they follow "write" */
export function formed(what: string, pattern: RegExp, form: string, code: FaultCode = 'NAME_INVALID'): Check {
  return text(what, (at, value) => {
    if (!pattern.test(value)) at.fault(code, `${show(value)} is not ${what}`, `Write ${form}.`)
  })
}

/** The name of something that the definition has. @param always names that are there by themselves */
export function nameOf(
  what: string,
  code: FaultCode,
  names: readonly string[],
  always: readonly string[] = [],
): Check {
  const all = [...names, ...always]
  return text(what, (at, value) => {
    if (all.includes(value)) return
    const there = `There is ${all.length === 0 ? 'none' : enumerate(all.slice(0, 20), 'and')}`
    const where = names.length > 0 ? '' : `: define ${all.length === 0 ? 'it' : 'others'} in \`${what}s\``
    at.fault(code, `${what} ${show(value)} does not exist`, didYouMean(value, all, `${there}${where}.`))
  })
}

export function finite(least: number, most = Number.POSITIVE_INFINITY): Check {
  return numeric('a number', Number.isFinite, least, most)
}

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return numeric('an integer', Number.isSafeInteger, least, most)
}

function numeric(kind: string, fits: (value: unknown) => boolean, least: number, most: number): Check {
  const bounded = most < Number.MAX_SAFE_INTEGER
  const wanted = bounded ? `${kind} from ${least} to ${most}` : `${kind} of at least ${least}`
  return (at) => {
    if (fits(at.value) && Number(at.value) >= least && Number(at.value) <= most) return
    at.fault('NUMBER_INVALID', `${show(at.value)} is not ${wanted}`, `Write ${wanted}.`)
  }
}

/** What Node's timers can wait for; past it they fire at once. */
export const LONGEST_TIMEOUT = 2_147_483_647

/** A length of time in ms, within bounds. */
export function duration(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return (at) => {
    const length = lengthOf(at.value)
    const fix = `Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.`
    if (length === undefined) at.fault('DURATION_INVALID', `${show(at.value)} is no duration`, fix)
    else if (length < least)
      at.fault('DURATION_INVALID', `${show(at.value)} is shorter than ${least} ms`, fix)
    else if (length > most) at.fault('DURATION_INVALID', `${show(at.value)} is longer than ${most} ms`, fix)
  }
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  try {
    const length = milliseconds(value as Duration)
    return Number.isFinite(length) ? length : undefined
  } catch {
    return undefined
  }
}

function wrongType(at: Spot, what: string, fix: string): false {
  at.fault('WRONG_TYPE', `${show(at.value)} is not ${what}`, fix)
  return false
}
