/** JSON in one spelling, whatever the order of the fields: equal for equal data. */
import { Bare } from '../bare.js'
import { nodeCrypto } from '../crypto.js'
import { isIntegration } from '../integration.js'
import { remembered } from '../remembered.js'
import { isStandardSchema } from '../schema.js'

/** Functions count by their source. */
export function canonical(value: unknown): string {
  let whole = ''
  write(value, (json) => {
    whole += json
  })
  return whole
}

/** Characters at once: as one text, a large definition would be copied before it is hashed. */
const PIECE = 8_192

/** SHA-256 of it, in hex. */
export function canonicalDigest(value: unknown): string {
  const hash = nodeCrypto().createHash('sha256')
  let piece = ''
  write(value, (json) => {
    piece += json
    if (piece.length < PIECE) return
    hash.update(piece)
    piece = ''
  })
  return hash.update(piece).digest('hex')
}

type Write = (json: string) => void

function write(given: unknown, to: Write): void {
  if (typeof given === 'string') return to(quoted(given))
  const value = given instanceof Bare ? given : plainOf(given)
  if (Array.isArray(value)) writeList(value, to)
  else if (isRecord(value) && typeof value.toJSON !== 'function') writeRecord(value, to)
  else to(JSON.stringify(value) ?? 'null')
}

function writeList(values: readonly unknown[], to: Write): void {
  to('[')
  for (let index = 0; index < values.length; index++) {
    if (index > 0) to(',')
    write(values[index], to)
  }
  to(']')
}

function writeRecord(value: Readonly<Record<string, unknown>>, to: Write): void {
  let before = '{'
  for (const name of sorted(Object.keys(value))) {
    const field = value[name]
    if (field === undefined || typeof field === 'symbol') continue
    to(before)
    to(named(name))
    write(field, to)
    before = ','
  }
  to(before === '{' ? '{}' : '}')
}

const FEW = 16

/** In place. They are few, and often sorted already: V8's own `sort` makes room first. */
function sorted(names: string[]): readonly string[] {
  if (names.length > FEW) return names.sort()
  for (let end = 1; end < names.length; end++) {
    const name = names[end] ?? ''
    let at = end
    for (; at > 0 && (names[at - 1] ?? '') > name; at--) names[at] = names[at - 1] ?? ''
    names[at] = name
  }
  return names
}

/** Most names stand in many places. */
const named = remembered((name) => `${quoted(name)}:`, 1_000)

/** What JSON has as it is, which is most; to ask V8 for that takes longer. */
const AS_IT_IS = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  return AS_IT_IS.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** What stands for something that JSON does not have. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.toString()}`
  if (value === Number.POSITIVE_INFINITY) return 'Infinity'
  if (typeof value !== 'object' || value === null) return value
  if (isStandardSchema(value)) return `a schema of ${value['~standard'].vendor}`
  if (isIntegration(value)) return { type: value.kind.type, options: value.options }
  if (value instanceof Map) return { map: [...value] }
  return value instanceof Set ? { set: [...value] } : value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
