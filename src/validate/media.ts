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

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)"?/i

export function mediaOf(contentType: string | undefined): Media {
  if (contentType === undefined || contentType.trim() === '') return { type: DEFAULT, charset: undefined }
  const [type = ''] = contentType.split(';', 1)
  return { type: type.trim().toLowerCase(), charset: CHARSET.exec(contentType)?.[1]?.toLowerCase() }
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
