/** What Lambda functions are told of a request: what the events of integrations and those of authorizers share. */
import type { Exchange } from './exchange.js'

/** Names and values, as events have them twice. */
export interface ValueMaps {
  /** Of several values the last one. */
  readonly single: Record<string, string>
  readonly multi: Record<string, string[]>
}

const NONE: ReadonlySet<string> = new Set()

/**
 * The header fields, as the app would see them, by the first spelling of each name: names that differ in case alone are
 * one. Of some that come twice, `Authorization` among them, Node keeps the first, and the app sees no other: nobody is
 * to judge by the last one.
 *
 * @param leftOut lower case
 */
export function headerMaps(
  { request, forwardHeaders }: Exchange,
  leftOut: ReadonlySet<string> = NONE,
): ValueMaps {
  const raw = request.rawHeaders()
  const single: Record<string, string> = {}
  const multi: Record<string, string[]> = {}
  const known = new Map<string, readonly [name: string, values: string[]]>()
  let repeats = false
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const value = raw[index + 1] ?? ''
    const lower = name.toLowerCase()
    if (leftOut.has(lower) || forwardHeaders?.has(lower) === true) continue
    const before = known.get(lower)
    if (before === undefined) {
      const values = [value]
      known.set(lower, [name, values])
      put(single, name, value)
      put(multi, name, values)
    } else {
      before[1].push(value)
      repeats = true
    }
  }
  if (repeats) settleRepeats(known, single, (name) => request.header(name))
  for (const [name, value] of forwardHeaders ?? [])
    if (value !== undefined) add({ single, multi }, name, value)
  return { single, multi }
}

function settleRepeats(
  known: ReadonlyMap<string, readonly [name: string, values: string[]]>,
  single: Record<string, string>,
  seen: (name: string) => string | undefined,
): void {
  for (const [lower, [name, values]] of known) {
    if (values.length === 1) continue
    if (seen(lower) === values[0]) values.length = 1
    put(single, name, values.at(-1) ?? '')
  }
}

/** A further name, with its one value. */
export function add({ single, multi }: ValueMaps, name: string, value: string): void {
  put(single, name, value)
  put(multi, name, [value])
}

/** The parameters of a target's query, decoded as AWS does it; `undefined` where it has none. */
export function queryMaps(target: string): ValueMaps | undefined {
  const start = target.indexOf('?')
  if (start === -1 || start === target.length - 1) return undefined
  const single: Record<string, string> = {}
  const multi: Record<string, string[]> = {}
  let some = false
  for (const [name, value] of new URLSearchParams(target.slice(start))) {
    some = true
    if (Object.hasOwn(multi, name)) multi[name]?.push(value)
    else put(multi, name, [value])
    put(single, name, value)
  }
  return some ? { single, multi } : undefined
}

/** Sets a field of an object that a caller names: assigned, a `__proto__` would not become one. */
function put<T>(to: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') to[name] = value
  else Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true })
}
