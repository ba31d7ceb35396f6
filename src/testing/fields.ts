/** The header fields of a test's request, as they would arrive. */
import type { SentBody } from './body.js'
import type { SendOptions } from './options.js'

/** Of these Node keeps the first, where they come more than once. */
const SINGLE = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

/** By lower-case name, in the order in which they are sent. */
export class Fields {
  readonly #values = new Map<string, readonly string[]>()

  /** As Node joins them. */
  get(name: string): string | undefined {
    const values = this.#values.get(name)
    if (values === undefined) return undefined
    return SINGLE.has(name) ? values[0] : values.join(name === 'cookie' ? '; ' : ', ')
  }

  set(name: string, value: string | readonly string[] | undefined): void {
    const values = value === undefined ? [] : [value].flat()
    if (values.length === 0) this.#values.delete(name)
    else this.#values.set(name, values)
  }

  get names(): readonly string[] {
    return [...this.#values.keys()]
  }

  /** Names and values in turn. */
  get raw(): readonly string[] {
    return [...this.#values].flatMap(([name, values]) => values.flatMap((value) => [name, value]))
  }
}

export function fieldsOf({ headers = {}, apiKey }: SendOptions, { type, length }: SentBody): Fields {
  const fields = new Fields()
  fields.set('host', 'localhost')
  if (length === undefined) fields.set('transfer-encoding', 'chunked')
  else if (length > 0) fields.set('content-length', String(length))
  fields.set('content-type', type)
  fields.set('x-api-key', apiKey)
  for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), value)
  return fields
}
