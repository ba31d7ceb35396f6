/** Headers as integrations have them: names and values in turn. */
import { misconfigured, Unmapped } from './faults.js'
import type { Side } from './source.js'
import { isMappable, isSafe } from './target.js'
import { textOfValue } from './values.js'

/**
 * A value that a header can carry.
 *
 * @throws Unmapped
 */
export function safe(name: string, value: string, side: Side): string {
  if (isSafe(value)) return value
  const type = side === 'request' ? 'BAD_REQUEST_PARAMETERS' : 'MALFORMED_INTEGRATION_ANSWER'
  throw new Unmapped(type, `what is mapped to the header '${name}' has characters that no header can carry`)
}

export function isNamed(headers: readonly string[], name: string): boolean {
  return headers.some((each, index) => index % 2 === 0 && each.toLowerCase() === name)
}

type Overridden = readonly (readonly [name: string, value: unknown])[]

/** Those that a template gives stand in the place of those of the same name. @throws Unmapped */
export function overriding(headers: readonly string[], own: Overridden, side: Side): string[] {
  const replaced = new Set(own.map(([name]) => name.toLowerCase()))
  const kept = headers.filter((_, index) => !replaced.has(headers[index - (index % 2)]?.toLowerCase() ?? ''))
  for (const [name, value] of own) {
    // A request's host is not for its caller to choose, whom a template may well ask.
    if (!isMappable(name) || (side === 'request' && name.toLowerCase() === 'host'))
      throw misconfigured(`the header '${name.slice(0, 80)}' cannot be overridden`)
    for (const each of textsOf(value)) kept.push(name, safe(name, each, side))
  }
  return kept
}

/** A list's items, or the one text. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((each) => textOfValue(each)) : [textOfValue(value)]
}
