/**
 * What stands in for a match: text with `$1` and `${name}` in it, and backslashes before what is meant as it is.
 *
 * @see https://docs.oracle.com/javase/8/docs/api/java/util/regex/Matcher.html#appendReplacement-java.lang.StringBuffer-java.lang.String-
 */
import type { Matcher, RE2JS } from 're2js'
import { misconfigured } from './faults.js'
import type { Run } from './run.js'

/** Text, or the number or the name of a group. */
type Part = string | { readonly group: number | string }

/** Replaces the first match, or all of them. @throws Unmapped */
export function replacing(
  text: string,
  compiled: RE2JS,
  { replacement, all }: { readonly replacement: string; readonly all: boolean },
  run: Run,
): string {
  const parts = partsOf(replacement, compiled)
  const matcher = compiled.matcher(text)
  let result = ''
  let end = 0
  while (matcher.find()) {
    result += text.slice(end, matcher.start()) + expanded(parts, matcher)
    end = matcher.end()
    run.spend(1)
    run.make(result.length)
    if (!all) break
  }
  return result + text.slice(end)
}

function expanded(parts: readonly Part[], matcher: Matcher): string {
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : (matcher.group(part.group) ?? '')
  return text
}

const PART = /\\(.)|\$(\d)|\$\{([A-Za-z]\w*)\}|([^\\$]+)/gsy

function partsOf(replacement: string, compiled: RE2JS): readonly Part[] {
  const parts: Part[] = []
  let at = 0
  while (at < replacement.length) {
    PART.lastIndex = at
    const match = PART.exec(replacement)
    if (match === null) throw unusable(replacement)
    const [found, escaped, digit, name, plain] = match
    at += found.length
    if (digit === undefined)
      parts.push(name === undefined ? (escaped ?? plain ?? '') : named(name, replacement, compiled))
    else {
      const group = numbered(replacement, at - 1, compiled)
      at += group.length - 1
      parts.push({ group: Number(group) })
    }
  }
  return parts
}

function named(name: string, replacement: string, compiled: RE2JS): Part {
  if (!Object.hasOwn(compiled.namedGroups(), name)) throw unusable(replacement)
  return { group: name }
}

/** As many digits as are the number of a group. */
function numbered(replacement: string, at: number, compiled: RE2JS): string {
  let digits = replacement[at] ?? ''
  if (Number(digits) > compiled.groupCount()) throw unusable(replacement)
  for (;;) {
    const more = digits + (replacement[at + digits.length] ?? ' ')
    if (!/^\d+$/.test(more) || Number(more) > compiled.groupCount()) return digits
    digits = more
  }
}

function unusable(replacement: string) {
  return misconfigured(
    `'${replacement.slice(0, 80)}' cannot stand in for a match: it names a group that is none`,
  )
}
