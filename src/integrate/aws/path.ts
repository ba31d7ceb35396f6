/** The path of a service that is called by it, with parameters in it. */
import { type Exchange, Refusal } from '../../exchange.js'

/** A piece of it that a parameter fills. */
interface Hole {
  readonly name: string
  /** Whether the slashes of its value stay. */
  readonly isGreedy: boolean
}

/** A path, compiled. */
export interface PathTemplate {
  /** Text and holes in turn, beginning with text. */
  readonly texts: readonly string[]
  readonly holes: readonly Hole[]
  /** Behind the path, encoded, without its `?`. */
  readonly query: string
}

const HOLE = /\{([\w.-]+)(\+?)\}/

/** The names in it, but those of stage variables. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/(?<!\$)\{([\w.-]+)\+?\}/g)].map(([, name = '']) => name)
}

/** @param greedy names whose values are several segments in the route's own path */
export function compilePath(path: string, greedy: ReadonlySet<string>): PathTemplate {
  const mark = path.indexOf('?')
  const [before, query] = mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)]
  const parts = `/${before.replace(/^\//, '')}`.split(HOLE)
  const texts: string[] = []
  const holes: Hole[] = []
  for (let index = 0; index < parts.length; index += 3) {
    texts.push((parts[index] ?? '').split('/').map(respell).join('/'))
    const name = parts[index + 1]
    if (name !== undefined) holes.push({ name, isGreedy: parts[index + 2] === '+' || greedy.has(name) })
  }
  return { texts, holes, query }
}

/**
 * The path for an exchange.
 *
 * @param mapped values that a mapping gives, in place of the route's own
 * @returns a refusal for a value that would lead elsewhere than into its place
 */
export function filled(
  { texts, holes }: PathTemplate,
  { params }: Exchange,
  mapped: Readonly<Record<string, string>>,
): string | Refusal {
  let path = texts[0] ?? '/'
  for (const [index, { name, isGreedy }] of holes.entries()) {
    const value = (Object.hasOwn(mapped, name) ? mapped[name] : params[name]) ?? ''
    const segments = isGreedy ? value.split('/') : [value]
    // A bucket without a key is another resource, and so is what a dot segment leads to.
    if (
      value === '' ||
      segments.some((each) => /^\.{1,2}$/.test(each)) ||
      /(?:^|\/)\.\.?(?:\/|$)/.test(value)
    ) {
      const words = `'${value.slice(0, 80)}' is no value for {${name}} of the integration's path`
      return new Refusal('BAD_REQUEST_PARAMETERS', words)
    }
    path += segments.map(encode).join('/') + (texts[index + 1] ?? '')
  }
  return path
}

/** As signatures have it (RFC 3986, unreserved). */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The same of what may be encoded already. */
function respell(text: string): string {
  try {
    return encode(decodeURIComponent(text))
  } catch {
    return encode(text)
  }
}

/** A query, encoded likewise. */
export function encodeQuery(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}
