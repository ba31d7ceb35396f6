/**
 * `Cache-Control` of requests and answers.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2
 */

/** By name, lower case; `''` for one without an argument. Of several alike, the first. */
export type Directives = ReadonlyMap<string, string>

const NONE: Directives = new Map()

/** A token, and maybe an argument: a quoted string, or all up to the next comma. No space around `=`. */
const DIRECTIVE = /([!#$%&'*+\-.^_`|~\w]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^,]*)))?([^,]*)(?:,|$)/g

export function directivesOf(value: string | undefined): Directives {
  if (value === undefined || value === '') return NONE
  const found = new Map<string, string>()
  for (const [, name = '', quoted, plain = '', rest = ''] of value.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase()
    // What stands behind an argument belongs to it, and makes no number of it.
    if (!found.has(key)) found.set(key, `${quoted ?? plain}${rest}`.trim())
  }
  return found
}

/**
 * An argument in seconds, as ms: `undefined` where there is no such directive, 0 where it is no number, so that
 * what cannot be read is stale.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
 */
export function millisecondsOf(directives: Directives, name: string): number | undefined {
  const text = directives.get(name)
  return text === undefined ? undefined : deltaSeconds(text) * 1000
}

/** What is larger than 2^31 is as good as that (RFC 9111, 1.2.2). */
const LONGEST = 2 ** 31

function deltaSeconds(text: string): number {
  return /^\d+$/.test(text) ? Math.min(Number(text), LONGEST) : 0
}
