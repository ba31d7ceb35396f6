/** One text for equal data, whatever the order of its fields, and another for any other data. */
import { Bare } from '../bare.js'
import { nodeCrypto } from '../crypto.js'
import { isIntegration } from '../integration.js'
import { isStandardSchema } from '../schema.js'

/** Functions count by their source. */
export function canonical(value: unknown): string {
  let whole = ''
  const writer = new Writer((piece) => {
    whole += piece
  })
  writer.write(value)
  writer.end()
  return whole
}

/** SHA-256 of it, in hex. */
export function canonicalDigest(value: unknown): string {
  const hash = nodeCrypto().createHash('sha256')
  const writer = new Writer((piece) => hash.update(piece))
  writer.write(value)
  writer.end()
  return hash.digest('hex')
}

/** Characters at once: as one text, a large definition would be copied before it is hashed. */
const PIECE = 8_192

/** Each text stands behind its length, so that none has to be escaped. */
class Writer {
  #piece = ''

  /** @param to gets it, piece by piece */
  constructor(private readonly to: (piece: string) => void) {}

  write(given: unknown): void {
    if (typeof given === 'string') return this.#text(given)
    if (given instanceof Bare) return this.#record(given)
    const value = plainOf(given)
    if (typeof value === 'string') this.#text(value)
    else if (Array.isArray(value)) this.#list(value)
    else if (isRecord(value)) this.#record(value)
    else this.#piece += `${String(value)};`
  }

  end(): void {
    this.to(this.#piece)
    this.#piece = ''
  }

  #text(text: string): void {
    this.#piece += text.length
    this.#piece += '"'
    this.#piece += text
  }

  #list(values: readonly unknown[]): void {
    this.#piece += '['
    for (const value of values) this.write(value)
    this.#piece += ']'
  }

  #record(value: Readonly<Record<string, unknown>>): void {
    if (this.#piece.length > PIECE) this.end()
    this.#piece += '{'
    for (const name of sorted(Object.keys(value))) {
      const field = value[name]
      if (field === undefined || typeof field === 'symbol') continue
      this.#text(name)
      this.write(field)
    }
    this.#piece += '}'
  }
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

/** What stands for something that is no plain data. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.toString()}`
  if (typeof value !== 'object' || value === null) return value
  if (isStandardSchema(value)) return `a schema of ${value['~standard'].vendor}`
  if (isIntegration(value)) return { type: value.kind.type, options: value.options }
  if (value instanceof Map) return { map: [...value] }
  if (value instanceof Set) return { set: [...value] }
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
