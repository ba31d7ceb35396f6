/** What a body is, by its `Content-Type`. */

export interface Media {
  /** Lower case, without parameters. */
  readonly type: string
  /** Lower case, without quotes. */
  readonly charset: string | undefined
}

/** AWS's word for what says nothing of its type. */
const DEFAULT = 'application/json'

export const FORM = 'application/x-www-form-urlencoded'

/** A parameter, its value a token or a quoted text (RFC 9110, 5.6.6): what looks like one within quotes is none. */
const PARAMETER = /;\s*([^\s;="]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?\s*/y

export function mediaOf(contentType: string | undefined): Media {
  if (contentType === undefined || contentType.trim() === '') return { type: DEFAULT, charset: undefined }
  const [type = ''] = contentType.split(';', 1)
  return { type: type.trim().toLowerCase(), charset: charsetOf(contentType, type.length) }
}

/** All that are named, as readers differ in which one they take; all that is there where it cannot be read. */
function charsetOf(contentType: string, from: number): string | undefined {
  const named = new Set<string>()
  PARAMETER.lastIndex = from
  for (let at = from; at < contentType.length; at = PARAMETER.lastIndex) {
    const found = PARAMETER.exec(contentType)
    if (found === null) return /charset/i.test(contentType) ? contentType.slice(from) : undefined
    const [, name = '', quoted, plain = ''] = found
    if (name.toLowerCase() === 'charset') named.add((quoted ?? plain).toLowerCase())
  }
  return named.size === 0 ? undefined : [...named].join()
}

/** US-ASCII is UTF-8 as well. */
export function isUnicode(charset: string | undefined): boolean {
  return charset === undefined || /^(?:utf-?8|us-ascii|ascii)$/.test(charset)
}

export function isJson(type: string): boolean {
  return type === DEFAULT || type.endsWith('+json')
}

/** The types that are looked for, the first one first: itself, what it is a kind of, any. */
export function lookups(type: string): readonly string[] {
  return type.endsWith('+json') ? [type, DEFAULT, '$default'] : [type, '$default']
}
