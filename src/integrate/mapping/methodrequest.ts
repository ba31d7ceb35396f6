/** The method request, as mappings speak of it: its parameters and its body. */
import type { Exchange } from '../../exchange.js'
import { Unmapped } from './faults.js'
import { isPlainJson, parseJson } from './json.js'
import type { Side } from './source.js'

type Grouped = ReadonlyMap<string, readonly string[]>

const NONE: readonly string[] = []

/** Parameters of a request, read when they are first asked for. */
export class MethodRequest {
  #query: Grouped | undefined
  #headers: Grouped | undefined

  constructor(readonly exchange: Exchange) {}

  path(name: string): string | undefined {
    const { params } = this.exchange
    return Object.hasOwn(params, name) ? params[name] : undefined
  }

  querystring(name: string): readonly string[] {
    return this.queries.get(name) ?? NONE
  }

  header(name: string): readonly string[] {
    const values = this.headers.get(name)
    if (values !== undefined) return values
    // HTTP knows no case: what HTTP/2 has made lower case is found all the same.
    const wanted = name.toLowerCase()
    for (const [given, found] of this.headers) if (given.toLowerCase() === wanted) return found
    return NONE
  }

  /** Decoded, in their order. */
  get queries(): Grouped {
    this.#query ??= queriesOf(this.exchange)
    return this.#query
  }

  /** By the first spelling of each name. */
  get headers(): Grouped {
    this.#headers ??= headersOf(this.exchange)
    return this.#headers
  }
}

function queriesOf({ request: { target } }: Exchange): Grouped {
  const mark = target.indexOf('?')
  return grouped(mark < 0 ? [] : new URLSearchParams(target.slice(mark)))
}

/**
 * Of fields that may come once only, Node keeps the first, and so does the app: a mapping must not see another one.
 */
function headersOf({ request }: Exchange): Grouped {
  const raw = request.rawHeaders()
  const spellings = new Map<string, string>()
  const pairs: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const spelling = spellings.get(name.toLowerCase()) ?? name
    spellings.set(name.toLowerCase(), spelling)
    pairs.push([spelling, raw[index + 1] ?? ''])
  }
  const all = grouped(pairs)
  for (const [name, [first = '', ...more]] of all) {
    if (more.length > 0 && request.header(name.toLowerCase()) === first) all.set(name, [first])
  }
  return all
}

function grouped(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const values = all.get(name)
    if (values === undefined) all.set(name, [value])
    else values.push(value)
  }
  return all
}

/** A body, as text that JSON may be in. */
export class Payload {
  #value: { readonly json: unknown } | undefined

  constructor(
    readonly text: string,
    /** Whose it is: the caller is told of a fault in a request alone. */
    readonly side: Side,
  ) {}

  /** Characters that are still to be read when somebody asks for JSON. */
  get unread(): number {
    return this.#value === undefined ? this.text.length : 0
  }

  /** Whether its numbers are JavaScript's. */
  get plain(): boolean {
    return isPlainJson(this.text)
  }

  /** What is no JSON at all is a text, and where there is no body, there is an empty object; both as in AWS. @throws Unmapped */
  get json(): unknown {
    this.#value ??= { json: this.#parse() }
    return this.#value.json
  }

  #parse(): unknown {
    const text = this.text.trim()
    if (text === '') return {}
    try {
      return parseJson(text)
    } catch (error) {
      if (!/^[{["']/.test(text)) return text
      const reason = error instanceof Error ? error.message : String(error)
      if (this.side === 'response')
        throw new Unmapped('MALFORMED_INTEGRATION_ANSWER', `the integration's result is no JSON: ${reason}`)
      const words = `Could not parse request body into json: ${reason}`
      throw new Unmapped('BAD_REQUEST_BODY', words, words)
    }
  }
}
