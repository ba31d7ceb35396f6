/**
 * The methods of `java.lang.String`.
 *
 * @see https://docs.oracle.com/javase/8/docs/api/java/lang/String.html
 */
import { MappingFault, misconfigured } from './faults.js'
import type { Method, Methods } from './methods.js'
import { type JavaPattern, keptPattern } from './pattern.js'
import { replacing } from './replacement.js'
import type { Run } from './run.js'
import { listOf, numberOf } from './values.js'

type StringMethod = Method<string>

/** A text of another argument; `undefined` where there is none, for which Java would throw. */
function textAt(args: readonly unknown[], index: number, run: Run): string {
  return run.print(args[index])
}

function integerAt(args: readonly unknown[], index: number): number | undefined {
  const number = numberOf(args[index])
  return number === undefined ? undefined : Math.trunc(number)
}

/** Java throws for it, and so a template fails. */
function outOfBounds(method: string, text: string): never {
  throw misconfigured(`${method} reaches beyond a text of ${text.length} characters`)
}

const substring: StringMethod = (self, args) => {
  const [from, to] = [integerAt(args, 0), integerAt(args, 1) ?? self.length]
  if (from === undefined) return undefined
  if (from < 0 || to > self.length || from > to) outOfBounds('substring', self)
  return self.slice(from, to)
}

const charAt: StringMethod = (self, args) => {
  const at = integerAt(args, 0)
  if (at === undefined) return undefined
  return self[at] ?? outOfBounds('charAt', self)
}

/** Pays for looking through the text once for each method of its kind. */
function looking(method: StringMethod): StringMethod {
  return (self, args, run) => {
    run.pay(self.length)
    return method(self, args, run)
  }
}

/** A text to be looked for: a long one may be compared again and again. */
function soughtIn(self: string, args: readonly unknown[], run: Run): string {
  const sought = textAt(args, 0, run)
  run.spend((self.length / 64) * Math.max(1, sought.length / 64))
  return sought
}

const replace: StringMethod = (self, args, run) => {
  const [from, to] = [soughtIn(self, args, run), textAt(args, 1, run)]
  // What is empty is found before and behind each character.
  const times = from === '' ? self.length + 1 : self.split(from).length - 1
  run.make(self.length + times * to.length)
  return self.replaceAll(from, () => to)
}

/** Characters that a pattern is held against cost more than those that are copied. */
const EXPENSIVE = 32

function patternOf(text: string): JavaPattern {
  try {
    return keptPattern(text)
  } catch (error) {
    if (error instanceof MappingFault) throw misconfigured(`${error.message}`)
    throw error
  }
}

function searching(text: string): NonNullable<JavaPattern['searching']> {
  const { searching: compiled } = patternOf(text)
  if (compiled === undefined)
    throw misconfigured(`'${text.slice(0, 80)}' looks ahead, which only matches() can do`)
  return compiled
}

const matches: StringMethod = (self, args, run) => {
  const pattern = textAt(args, 0, run)
  run.pay((self.length + pattern.length) * EXPENSIVE)
  return patternOf(pattern).matches(self)
}

/** A pattern in which every character means itself: then it is only looked for, as in `replaceAll("\\'", "'")`. */
function literalIn(pattern: string): string | undefined {
  if (!/^(?:[^.$|()[\]{}^?*+\\]|\\[^A-Za-z0-9])+$/.test(pattern)) return undefined
  return pattern.replace(/\\(.)/gs, '$1')
}

function replacingAll(all: boolean): StringMethod {
  return (self, args, run) => {
    const [pattern, replacement] = [textAt(args, 0, run), textAt(args, 1, run)]
    const literal = /[\\$]/.test(replacement) ? undefined : literalIn(pattern)
    if (literal === undefined) {
      run.pay((self.length + pattern.length) * EXPENSIVE)
      return replacing(self, searching(pattern), { replacement, all }, run)
    }
    if (all) return replace(self, [literal, replacement], run)
    run.make(self.length + replacement.length)
    return self.replace(literal, () => replacement)
  }
}

const split: StringMethod = (self, args, run) => {
  const pattern = textAt(args, 0, run)
  const limit = integerAt(args, 1) ?? 0
  const pieces = piecesOf(self, pattern, limit, run)
  run.spend(pieces.length)
  return listOf(limit === 0 ? withoutLastEmpty(pieces) : pieces)
}

function piecesOf(self: string, pattern: string, limit: number, run: Run): string[] {
  const literal = literalIn(pattern)
  if (literal === undefined) {
    run.pay((self.length + pattern.length) * EXPENSIVE)
    return searching(pattern).split(self, limit > 0 ? limit : -1)
  }
  soughtIn(self, [literal], run)
  const pieces = self.split(literal)
  if (limit <= 0 || pieces.length <= limit) return pieces
  return [...pieces.slice(0, limit - 1), pieces.slice(limit - 1).join(literal)]
}

/** As Java does it. */
function withoutLastEmpty(pieces: readonly string[]): readonly string[] {
  if (pieces.length === 1) return pieces
  let end = pieces.length
  while (end > 0 && pieces[end - 1] === '') end -= 1
  return pieces.slice(0, end)
}

function compare(left: string, right: string): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = left.charCodeAt(index) - right.charCodeAt(index)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

const indexOf: StringMethod = (self, args, run) => self.indexOf(soughtIn(self, args, run), integerAt(args, 1))
const lastIndexOf: StringMethod = (self, args, run) =>
  self.lastIndexOf(soughtIn(self, args, run), integerAt(args, 1))

function concat(self: string, args: readonly unknown[], run: Run): string {
  const other = textAt(args, 0, run)
  run.make(self.length + other.length)
  return self + other
}

/** Java's `trim` takes whatever is not above a space. */
function trim(self: string): string {
  return self.replace(/^[\x00-\x20]+/, '').replace(/(?<![\x00-\x20])[\x00-\x20]+$/, '')
}

const BLANK = /^\s*$/

export const STRING_METHODS: Methods<string> = new Map<string, StringMethod>([
  ['charAt', charAt],
  [
    'codePointAt',
    (self, args) => self.codePointAt(integerAt(args, 0) ?? 0) ?? outOfBounds('codePointAt', self),
  ],
  ['compareTo', looking((self, args, run) => compare(self, textAt(args, 0, run)))],
  [
    'compareToIgnoreCase',
    looking((self, args, run) => compare(self.toLowerCase(), textAt(args, 0, run).toLowerCase())),
  ],
  ['concat', concat],
  ['contains', (self, args, run) => self.includes(soughtIn(self, args, run))],
  ['contentEquals', looking((self, args, run) => self === textAt(args, 0, run))],
  ['endsWith', (self, args, run) => self.endsWith(textAt(args, 0, run))],
  [
    'equalsIgnoreCase',
    looking((self, [other]) => typeof other === 'string' && self.toLowerCase() === other.toLowerCase()),
  ],
  ['indexOf', indexOf],
  ['intern', (self) => self],
  ['isBlank', looking((self) => BLANK.test(self))],
  ['isEmpty', (self) => self === ''],
  ['lastIndexOf', lastIndexOf],
  ['length', (self) => self.length],
  ['matches', matches],
  ['replace', replace],
  ['replaceAll', replacingAll(true)],
  ['replaceFirst', replacingAll(false)],
  ['split', split],
  ['startsWith', (self, args, run) => self.startsWith(textAt(args, 0, run), integerAt(args, 1))],
  ['strip', looking((self) => self.trim())],
  ['subSequence', substring],
  ['substring', substring],
  ['toLowerCase', looking((self) => self.toLowerCase())],
  ['toString', (self) => self],
  ['toUpperCase', looking((self) => self.toUpperCase())],
  ['trim', looking(trim)],
])
