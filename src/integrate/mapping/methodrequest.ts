/** The method request, as mappings speak of it: its parameters and its body. */
import type { Exchange } from '../../exchange.js'
import { misconfigured, Unmapped } from './faults.js'
import { parseJson } from './json.js'

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

export function grouped(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const values = all.get(name)
    if (values === undefined) all.set(name, [value])
    else values.push(value)
  }
  return all
}

/** Text that JSON may be in. Where there is none, paths look into an empty object, as in AWS. */
export class Payload {
  #value: { readonly json: unknown } | undefined

  constructor(
    readonly text: string,
    /** Whose it is: the caller is told of a fault in a request alone. */
    readonly side: 'request' | 'response',
  ) {}

  /** @throws Unmapped */
  get json(): unknown {
    this.#value ??= { json: this.#parse() }
    return this.#value.json
  }

  #parse(): unknown {
    if (this.text.trim() === '') return {}
    try {
      return parseJson(this.text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (this.side === 'response') throw misconfigured(`the integration's result is no JSON: ${reason}`)
      const words = `Could not parse request body into json: ${reason}`
      throw new Unmapped('BAD_REQUEST_BODY', words, words)
    }
  }
}
