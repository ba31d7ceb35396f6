/** Path and query of what is sent upstream. What a caller gives fills its place, and never leaves it. */
import { type Exchange, Refusal } from '../../exchange.js'
import type { Piece } from './url.js'

/** What a segment of a path may hold as it is (RFC 3986, `pchar`). */
const PLAIN = /^[\w.~!$&'()*+,;=:@-]*$/
/** What `encodeURIComponent` encodes, and need not be. */
const SPARED = /%(?:24|26|2B|2C|3A|3B|3D|40)/g

/** A segment of a path: nothing in it is a slash, a `?`, a `#` or a `%` once it is sent. */
function encodeSegment(text: string): string {
  return PLAIN.test(text) ? text : encode(text).replace(SPARED, decodeURIComponent)
}

/** With its slashes, as a greedy parameter has them. */
function encodeSegments(text: string): string {
  return PLAIN.test(text) ? text : text.split('/').map(encodeSegment).join('/')
}

/** Values by name: what is mapped, before what the path of the request has. */
type Values = Readonly<Record<string, string>> | undefined

/** The path of an integration, for one route. */
export class PathTemplate {
  readonly #pieces: readonly Piece[]
  /** Without parameters in it. */
  readonly #fixed: string | undefined
  readonly #greedy: Greedy | undefined

  /** @param route the path of the route: `/pets/{proxy+}` */
  constructor(pieces: readonly Piece[], route: string) {
    this.#pieces = pieces
    this.#fixed = pieces.every(({ kind }) => kind === 'text') ? literal(pieces) : undefined
    this.#greedy = greedyIn(route)
  }

  fill(exchange: Exchange, mapped: Values): string | Refusal {
    if (this.#fixed !== undefined) return this.#fixed
    let path = ''
    let isSuspect = false
    for (const [index, piece] of this.#pieces.entries()) {
      if (piece.kind === 'text') path += piece.text
      else {
        const text = this.#value(piece.name, exchange, mapped, index === this.#pieces.length - 1)
        isSuspect ||= text.includes('.')
        path += text
      }
    }
    // Of the caller's own path the gateway has looked at this already; a mapping may take values from anywhere.
    if (isSuspect && DOTS.test(path))
      return new Refusal('BAD_REQUEST_PARAMETERS', 'a dot segment in the path')
    return path
  }

  #value(name: string, exchange: Exchange, mapped: Values, isLast: boolean): string {
    const own = mapped !== undefined && Object.hasOwn(mapped, name) ? mapped[name] : undefined
    const value = own ?? exchange.params[name] ?? ''
    if (this.#greedy?.name !== name) return encodeSegment(value)
    return (
      (own === undefined ? tailOf(exchange, this.#greedy, value, isLast) : undefined) ?? encodeSegments(value)
    )
  }
}

/** As servers may read them: with slashes that are encoded, or backslashes, and without parameters, `..;a=b`. */
const DOTS = /(?:\/|%2F|%5C)\.\.?(?=[/;]|%2F|%5C|%00|$)/i

function literal(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('')
}

/** A route's last parameter, which takes all that is left of the path. */
interface Greedy {
  readonly name: string
  /** How many segments are before it. */
  readonly at: number
}

function greedyIn(route: string): Greedy | undefined {
  const segments = route.split('/').slice(1)
  const at = segments.findIndex((segment) => /^\{[^}]+\+\}$/.test(segment))
  return at === -1 ? undefined : { name: segments[at]?.slice(1, -2) ?? '', at }
}

/**
 * All that is left of the path as it came, in its canonical form: with its encoded slashes, which a decoded value does
 * not tell from others, and with the slash at its end, unless something follows it.
 *
 * @returns `undefined` where the parameter says something else, as a step may have it
 */
function tailOf(
  { target, from }: Exchange,
  { at }: Greedy,
  value: string,
  isLast: boolean,
): string | undefined {
  const tail = target?.canonical(from + at).slice(1)
  if (tail === undefined) return undefined
  const bare = tail.endsWith('/') ? tail.slice(0, -1) : tail
  if (bare !== value && decoded(bare) !== value) return undefined
  return isLast ? tail : bare
}

function decoded(text: string): string | undefined {
  return text.includes('%') ? decodeURIComponent(text) : undefined
}

/** The query of an integration's URL, filled; with its `?`, and empty where there is none. */
export class QueryTemplate {
  readonly #pieces: readonly Piece[]
  readonly #fixed: string | undefined
  /** What the URL says of a name, stands: a caller adds no second value to it. */
  readonly #names: ReadonlySet<string>

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
    this.#fixed = pieces.every(({ kind }) => kind === 'text') ? literal(pieces) : undefined
    this.#names = new Set(pairsIn(pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('')))
  }

  /**
   * @param own the caller's query as it came, with its `?`
   * @param mapped names and values that are given instead of the caller's own
   * @param withheld names that the caller may give no value of
   */
  fill(
    exchange: Exchange,
    own: string,
    mapped: { readonly path: Values; readonly query: readonly (readonly [string, string])[] } | undefined,
    withheld: ReadonlySet<string> = this.#names,
  ): string {
    if (this.#pieces.length === 0 && mapped === undefined) return own
    const parts = [
      this.#filled(exchange, mapped?.path),
      ...withoutNames(own.slice(1), new Set([...this.#names, ...withheld]), mapped?.query ?? []),
      ...(mapped?.query ?? []).map(([name, value]) => `${encode(name)}=${encode(value)}`),
    ].filter((part) => part !== '')
    return parts.length === 0 ? '' : `?${parts.join('&')}`
  }

  #filled(exchange: Exchange, mapped: Values): string {
    if (this.#fixed !== undefined) return this.#fixed
    const value = (name: string) =>
      (mapped !== undefined && Object.hasOwn(mapped, name) ? mapped[name] : undefined) ??
      exchange.params[name] ??
      ''
    return this.#pieces
      .map((piece) => (piece.kind === 'text' ? piece.text : encode(value(piece.name))))
      .join('')
  }
}

/** JSON may hold halves of characters, which no URL can. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** The parts of a query whose names are given elsewhere are left out. */
function withoutNames(
  query: string,
  names: ReadonlySet<string>,
  mapped: readonly (readonly [string, string])[],
): readonly string[] {
  if (query === '' || (names.size === 0 && mapped.length === 0)) return [query]
  const given = new Set([...names, ...mapped.map(([name]) => name)])
  return query.split('&').filter((part) => !given.has(nameOf(part)))
}

function pairsIn(query: string): readonly string[] {
  return query === '' ? [] : query.split('&').map(nameOf)
}

function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1)
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
