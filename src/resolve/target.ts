/**
 * The raw target of a request: checked, and decoded once. Routes are matched against the canonical path, which is
 * also what the app gets, so that the two cannot differ about it.
 */

const SLASH = 0x2f

/** What makes a path other than its own canonical form: no `pchar` of RFC 3986, or a dot or slash after a slash. */
const UNUSUAL = /[^!$&-;=@-Z_a-z~]|\/[./]/
/** No URI holds it raw. Even in the query it would make Express parse the whole target in another way. */
const UNFIT = /[^!"$-~]/

/** A target that is fit to be matched. */
export class Target {
  #segments: readonly string[] | undefined = undefined
  /** Where the second segment begins, once it was asked for: by the stage, the router, and for what the app gets. */
  #second = 0
  /** What {@link canonical} was last asked for: the app gets it, and the record has it. */
  #from = 0
  #below = ''

  constructor(
    /** As received, without the query. */
    readonly path: string,
    /** As received, with its `?`; empty where there is none. */
    readonly query: string,
    /** The path re-encoded from its decoded segments: the very same string where that changes nothing. */
    readonly canonicalPath: string,
    /** Whether anything in the canonical path is percent-encoded. */
    readonly encoded: boolean,
  ) {}

  /** Whether the path is its own canonical form. */
  get clean(): boolean {
    return this.canonicalPath === this.path
  }

  /** Whether a slash follows the last segment. */
  get trailingSlash(): boolean {
    return this.path.length > 1 && this.path.endsWith('/')
  }

  /** Decoded; none for `/`. Split when first asked for. */
  get segments(): readonly string[] {
    this.#segments ??= splitPath(this.canonicalPath).map(decodeText)
    return this.#segments
  }

  /** Where segment `from` begins in the canonical path; past its end where there is none. */
  offset(from: number): number {
    if (from === 0) return 1
    if (this.#second === 0) this.#second = after(this.canonicalPath, 1)
    let at = this.#second
    for (let cut = 1; cut < from; cut++) at = after(this.canonicalPath, at)
    return at
  }

  /** The canonical path without its first `from` segments. */
  canonical(from: number): string {
    if (from === 0) return this.canonicalPath
    if (from !== this.#from) {
      this.#below = this.canonicalPath.slice(this.offset(from) - 1) || '/'
      this.#from = from
    }
    return this.#below
  }
}

/** Behind the next slash; past the end where there is none. */
function after(path: string, at: number): number {
  const slash = path.indexOf('/', at)
  return slash === -1 ? path.length + 1 : slash + 1
}

/**
 * Checks a request target and puts its path into canonical form.
 *
 * @returns the target, or why it is refused, for the operator
 */
export function splitTarget(target: string): Target | string {
  if (target.charCodeAt(0) !== SLASH) return 'a target that is not a path'
  return UNUSUAL.test(target) ? examine(target) : new Target(target, '', target, false)
}

function examine(target: string): Target | string {
  if (UNFIT.test(target)) return 'a character that no URI may hold'
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark)
  return UNUSUAL.test(path) ? normalize(path, query) : new Target(path, query, path, false)
}

function normalize(path: string, query: string): Target | string {
  const encoded: string[] = []
  for (const raw of splitPath(path)) {
    if (raw === '') return 'an empty segment'
    const segment = decodeSegment(raw)
    if (segment === undefined) return 'a malformed percent-encoding'
    const fault = segmentFault(segment)
    if (fault !== undefined) return fault
    encoded.push(encodeSegment(segment))
  }
  const slash = encoded.length > 0 && path.endsWith('/') ? '/' : ''
  const canonical = `/${encoded.join('/')}${slash}`
  return new Target(path, query, canonical === path ? path : canonical, canonical.includes('%'))
}

/** What stands between the slashes, a trailing one aside. */
function splitPath(path: string): string[] {
  const segments = path.slice(1).split('/')
  if (segments.at(-1) === '') segments.pop()
  return segments
}

/** `undefined` for a malformed percent-encoding and for what is not UTF-8. */
export function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Decodes a part of a canonical path, which holds nothing malformed. */
export function decodeText(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text
}

/** What no decoded segment may hold: an app that splits or resolves it once more would leave the path. */
export function segmentFault(segment: string): string | undefined {
  if (segment.includes('\\')) return 'a backslash'
  if (segment.includes('\0')) return 'a NUL'
  // Some servers (Tomcat, Jetty) take what follows a semicolon for a parameter of the segment: `..;a=b` is `..`.
  return /(?:^|\/)\.\.?(?:[/;]|$)/.test(segment) ? 'a dot segment' : undefined
}

/** Percent-encodes what a segment of a path may not hold raw, and nothing else (RFC 3986, `pchar`). */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
}

/** A pattern's path with its parameters in it, encoded; `undefined` where one is not there. */
export function filledIn(path: string, params: Readonly<Record<string, string>>): string | undefined {
  let whole = true
  const filled = path.replace(/\{([^}+]+)(\+?)\}/g, (_, name: string, greedy: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    whole &&= value !== undefined
    const segments = greedy === '' ? [value ?? ''] : (value ?? '').split('/')
    return segments.map(encodeSegment).join('/')
  })
  return whole ? filled : undefined
}

/** How many parameters a query has. Empty ones count, too: apps' parsers stop at so many of either kind. */
export function countParameters(query: string): number {
  let count = query.length > 1 ? 1 : 0
  for (let at = query.indexOf('&'); at !== -1; at = query.indexOf('&', at + 1)) count++
  return count
}
