/** Java's regular expressions, in time that grows with the text and no faster. */

import type { RE2JS } from 're2js'
import { linearEngine } from '../../linear.js'
import { remembered } from '../../remembered.js'
import { MappingFault } from './faults.js'

/** A pattern of Java's. */
export interface JavaPattern {
  /** Whether the text matches as a whole. */
  matches(text: string): boolean
  /** For what searches and replaces; `undefined` where the pattern looks ahead, which only a whole match can. */
  readonly searching: RE2JS | undefined
}

/** Longer patterns would take long to be compiled. */
const LONGEST = 2_000
const FLAGS: Readonly<Record<string, string>> = { i: 'i', s: 's', m: 'm' }
const FIX =
  'Write it without looking behind, without references to groups, and look ahead at its beginning only.'

/**
 * @param flags those of `/…/i`, for JSON paths
 * @throws MappingFault
 */
export function javaPattern(pattern: string, flags = ''): JavaPattern {
  if (pattern.length > LONGEST)
    throw new MappingFault(`a pattern of ${pattern.length} characters`, `At most ${LONGEST} are read.`)
  const known = [...flags].map((flag) => FLAGS[flag] ?? '').join('')
  const prefix = known === '' ? '' : `(?${known})`
  const { ahead, rest } = looksAhead(pattern)
  const compiled = compile(prefix + rest, pattern)
  if (ahead.length === 0) return { searching: compiled, matches: (text) => compiled.matches(text) }
  const conditions = ahead.map(({ inner, wanted }) => ({ inner: compile(prefix + inner, pattern), wanted }))
  return {
    searching: undefined,
    matches: (text) =>
      compiled.matches(text) &&
      conditions.every(({ inner, wanted }) => inner.matcher(text).lookingAt() === wanted),
  }
}

function compile(text: string, pattern: string): RE2JS {
  try {
    return linearEngine().compile(translated(text))
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    const words = `'${pattern.slice(0, 80)}' is no pattern that runs in linear time (${reason})`
    throw new MappingFault(words, FIX)
  }
}

interface Ahead {
  readonly inner: string
  readonly wanted: boolean
}

/** `^(?!.*fatal).*$`: what looks ahead from the very beginning is a pattern of its own. */
function looksAhead(pattern: string): { readonly ahead: readonly Ahead[]; readonly rest: string } {
  const ahead: Ahead[] = []
  let rest = pattern
  for (;;) {
    const [start, sign] = /^\^?\(\?([=!])/.exec(rest) ?? []
    if (start === undefined) return { ahead, rest }
    const end = closing(rest, start.length)
    if (end === undefined) return { ahead, rest }
    ahead.push({ inner: rest.slice(start.length, end), wanted: sign === '=' })
    rest = rest.slice(end + 1)
  }
}

/** Where the group ends that has begun before `from`. */
function closing(pattern: string, from: number): number | undefined {
  let depth = 0
  let set = false
  for (let at = from; at < pattern.length; at++) {
    const character = pattern[at]
    if (character === '\\') at += 1
    else if (set) set = character !== ']'
    else if (character === '[') set = true
    else if (character === '(') depth += 1
    else if (character === ')' && depth-- === 0) return at
  }
  return undefined
}

/** Java's names for the classes of POSIX. */
const POSIX = /^(Lower|Upper|ASCII|Alpha|Digit|Alnum|Punct|Graph|Print|Blank|Cntrl|XDigit|Space)$/

/** What RE2 spells otherwise. */
function translated(pattern: string): string {
  if (!/\\[pPh]/.test(pattern)) return pattern
  let set = false
  return pattern.replace(/\\(?:[pP]\{(\w+)\}|.)|[[\]]/gs, (part, name: string | undefined) => {
    if (part === '[' || part === ']') set = part === '['
    if (part === '\\h') return set ? '\\t\\x20' : '[\\t\\x20]'
    if (name === undefined || !POSIX.test(name)) return part
    const posix = `[:${part[1] === 'P' ? '^' : ''}${name.toLowerCase()}:]`
    return set ? posix : `[${posix}]`
  })
}

/**
 * Patterns that templates make while they are rendered, mostly the same each time.
 *
 * @throws MappingFault
 */
export const keptPattern = remembered(javaPattern, 500)
