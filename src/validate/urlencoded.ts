/** Names and values as forms and queries have them. @see https://url.spec.whatwg.org/#urlencoded-parsing */

/** By name: the values in their order. */
export type Parameters = ReadonlyMap<string, readonly string[]>

/**
 * @param text without a question mark
 * @param most names at most
 * @returns what it holds, or what is wrong with it
 */
export function parameters(text: string, most = Number.POSITIVE_INFINITY): Parameters | string {
  const found = new Map<string, string[]>()
  let count = 0
  for (const part of text.split('&')) {
    // Parsers count those that are empty, too, and leave out what comes after the last that they take.
    if (++count > most) return `has more than ${most} parameters`
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decoded(equals === -1 ? part : part.slice(0, equals))
    const value = equals === -1 ? '' : decoded(part.slice(equals + 1))
    if (name === undefined || value === undefined) return 'has a malformed percent-encoding'
    const before = found.get(name)
    if (before === undefined) found.set(name, [value])
    else before.push(value)
  }
  return found
}

function decoded(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}

/**
 * `limit[]=5`, `limit[x]=5`, `[limit]=5`: none of them is `limit` here, and each one is for the parser that Express
 * has for extended forms, and had for queries.
 *
 * @param declared names that are what they are, brackets or not
 * @returns the names that are meant so
 */
export function disguised(
  found: Parameters,
  declared: { has(name: string): boolean },
  names = declared,
): readonly string[] {
  const hidden: string[] = []
  for (const name of found.keys()) {
    if (!name.includes('[') || declared.has(name)) continue
    const meant = /^\[?([^[\]]*)/.exec(name)?.[1] ?? ''
    if (names.has(meant)) hidden.push(meant)
  }
  return hidden
}

/** As an object: a value given once as a text, otherwise the list of them. Without a prototype: names are the caller's. */
export function asObject(found: Parameters): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, values] of found) object[name] = values.length === 1 ? values[0] : values
  return object
}
