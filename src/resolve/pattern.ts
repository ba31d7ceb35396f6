/** Path patterns, in AWS's syntax and in path-to-regexp's: `/pets/{petId}`, `/pets/:petId`. */

import type { Pattern, Segment } from '../complete.js'
import { METHODS } from '../methods.js'
import { remembered } from '../remembered.js'
import { optionalParameters, PatternError, type Piece, readPath } from './syntax.js'
import { decodeSegment, encodeSegment, segmentFault } from './target.js'

export { PatternError } from './syntax.js'

/** `GET /pets/{petId}`, parsed. */
export interface ParsedRoute {
  readonly method: string
  /** More than one where parts are optional; the longest first. */
  readonly patterns: readonly Pattern[]
  /** One for each pattern, equal where two match the same paths: `/pets/{}`. */
  readonly shapes: readonly string[]
  /** The names of all their parameters. */
  readonly params: ReadonlySet<string>
  /** Of the first pattern, as AWS writes it. */
  readonly path: string
  /** `GET /pets/{petId}`, whichever syntax it came in. */
  readonly name: string
}

const ROUTE_METHODS: ReadonlySet<string> = new Set([
  'ANY',
  ...[...METHODS].filter((method) => method !== 'CONNECT'),
])

/**
 * The method and path of a route. Each is asked for several times while a definition is read, checked and compiled.
 *
 * @throws PatternError
 */
export const parseRoute = remembered(readRoute, 1_000)

function readRoute(text: string): ParsedRoute {
  const [, method = '', rest = ''] = /^(\S+) +(\S.*)$/su.exec(text) ?? [undefined, '', text.trim()]
  if (method === '') {
    if (!rest.startsWith('/'))
      throw new PatternError(`'${text}' is no method and path`, 'Write both: `GET /pets`.')
    throw new PatternError(`'${text}' names no method`, `Write \`ANY ${rest}\` for all methods, or name one.`)
  }
  checkMethod(method, rest)
  const byShape = patternsIn(rest)
  const patterns = [...byShape.values()]
  const path = patterns[0]?.path ?? rest
  const params = new Set(patterns.flatMap(({ segments }) => segments.flatMap(namesIn)))
  return { method, patterns, shapes: [...byShape.keys()], params, path, name: `${method} ${path}` }
}

function namesIn(segment: Segment): readonly string[] {
  if (segment.kind === 'mixed') return segment.names
  return segment.kind === 'literal' ? [] : [segment.name]
}

function checkMethod(method: string, rest: string): void {
  if (ROUTE_METHODS.has(method)) return
  const upper = method.toUpperCase()
  if (method !== upper && ROUTE_METHODS.has(upper)) {
    throw new PatternError(`method '${method}' is not in upper case`, `Write \`${upper} ${rest}\`.`)
  }
  const fix =
    method === '*'
      ? `Write \`ANY ${rest}\` for all methods.`
      : 'Use GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or another one that Node knows, or ANY for all.'
  throw new PatternError(`there is no method '${method}'`, fix)
}

/**
 * The patterns that a path stands for: one, or several where parts of it are optional, the longest first.
 *
 * @throws PatternError
 */
export function parsePattern(text: string): readonly Pattern[] {
  return [...patternsIn(text).values()]
}

function patternsIn(text: string): ReadonlyMap<string, Pattern> {
  if (!text.startsWith('/'))
    throw new PatternError(`'${text}' does not start with '/'`, `Write \`${pathOf(text)}\`.`)
  const unfit = /[?#]/.exec(text)?.[0]
  if (unfit !== undefined) {
    const optional = optionalParameters(text)
    if (optional !== undefined)
      throw new PatternError(
        `'${text}' has an optional parameter as Express 4 has it`,
        `Write \`${optional}\`.`,
      )
    const fix = `Leave out what follows it; write ${encodeURIComponent(unfit)} where a path really holds it.`
    throw new PatternError(`'${text}' holds '${unfit}', which ends a path`, fix)
  }
  const byShape = new Map<string, Pattern>()
  for (const pieces of readPath(text)) {
    const pattern = patternOf(pieces, text)
    const shape = shapeOf(pattern)
    if (!byShape.has(shape)) byShape.set(shape, pattern)
  }
  return byShape
}

/** The path that was meant where a method or an address stands before it. */
function pathOf(text: string): string {
  return /^(?:[A-Z*]+ +|https?:\/\/[^/]*)(\/.*)$/.exec(text)?.[1] ?? `/${text}`
}

/** Equal for two patterns that match the same paths. */
export function shapeOf({ segments }: Pattern): string {
  return `/${segments.map((segment) => spell(segment, true)).join('/')}`
}

function patternOf(pieces: readonly Piece[], text: string): Pattern {
  const split = splitPieces(pieces)
  if (split.at(-1)?.length === 0) split.pop()
  const segments = split.map((segment) => segmentOf(segment, text))
  checkNames(segments, text)
  return { path: `/${segments.map((segment) => spell(segment, false)).join('/')}`, segments }
}

/** The pieces of each segment: split at the slashes of their texts, texts that touch joined. */
function splitPieces(pieces: readonly Piece[]): Piece[][] {
  const split: Piece[][] = []
  for (const piece of pieces) {
    const [joined = '', ...further] = piece.type === 'text' ? piece.value.split('/') : []
    if (piece.type !== 'text') split.at(-1)?.push(piece)
    else if (joined !== '') append(split.at(-1) ?? [], joined)
    for (const value of further) split.push(value === '' ? [] : [{ type: 'text', value }])
  }
  return split
}

function append(segment: Piece[], value: string): void {
  const last = segment.at(-1)
  if (last?.type === 'text') segment[segment.length - 1] = { type: 'text', value: last.value + value }
  else segment.push({ type: 'text', value })
}

function segmentOf(pieces: readonly Piece[], text: string): Segment {
  const [only] = pieces
  if (only === undefined) {
    throw new PatternError(`'${text}' has an empty segment`, 'Leave one slash between two segments.')
  }
  if (pieces.length > 1) return mixedOf(pieces, text)
  if (only.type === 'text') return { kind: 'literal', text: decoded(only.value, text, segmentFault) }
  return { kind: only.type === 'param' ? 'param' : 'greedy', name: only.name }
}

function mixedOf(pieces: readonly Piece[], text: string): Segment {
  const texts: string[] = []
  const names: string[] = []
  for (const piece of pieces) {
    if (piece.type === 'wildcard') throw wildcardFault(text)
    if (piece.type === 'text') texts.push(decoded(piece.value, text, (part) => segmentFault(`x${part}x`)))
    else {
      if (texts.length === 0) texts.push('')
      if (texts.length === names.length) throw touching(text)
      names.push(piece.name)
    }
  }
  if (texts.length === names.length) texts.push('')
  return { kind: 'mixed', texts, names }
}

function decoded(raw: string, text: string, faultOf: (segment: string) => string | undefined): string {
  const segment = decodeSegment(raw)
  if (segment === undefined) {
    throw new PatternError(`'${text}' has a malformed percent-encoding`, 'Write a literal `%` as `%25`.')
  }
  const fault = faultOf(segment)
  if (fault === undefined) return segment
  throw new PatternError(`'${text}' holds ${fault}, and no request with it is served`, 'Leave it out.')
}

function checkNames(segments: readonly Segment[], text: string): void {
  const seen = new Set<string>()
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'greedy' && index < segments.length - 1) throw wildcardFault(text)
    for (const name of namesOf(segment)) {
      if (seen.has(name)) {
        throw new PatternError(
          `'${text}' has two parameters named '${name}'`,
          'Give each one a name of its own.',
        )
      }
      if (name === '__proto__' || /[/{}+]/.test(name)) {
        throw new PatternError(`'${name}' cannot name a parameter`, 'Use letters, digits, `_`, `-` or `.`.')
      }
      seen.add(name)
    }
  }
}

function namesOf(segment: Segment): readonly string[] {
  if (segment.kind === 'mixed') return segment.names
  return segment.kind === 'literal' ? [] : [segment.name]
}

/** As AWS writes it; for a shape, without names. */
function spell(segment: Segment, blank: boolean): string {
  if (segment.kind === 'literal') return spellText(segment.text)
  if (segment.kind === 'param') return blank ? '{}' : `{${segment.name}}`
  if (segment.kind === 'greedy') return blank ? '{+}' : `{${segment.name}+}`
  const { texts, names } = segment
  return texts
    .map((part, index) => (index === 0 ? '' : `{${blank ? '' : names[index - 1]}}`) + spellText(part))
    .join('')
}

/** What either syntax reads as nothing but text. */
function spellText(text: string): string {
  return encodeSegment(text).replaceAll(':', '%3A').replaceAll('*', '%2A')
}

function wildcardFault(text: string): PatternError {
  const fix = 'Give it a segment of its own, the last one: `/files/{path+}`.'
  return new PatternError(`'${text}' has a wildcard that is not its whole last segment`, fix)
}

function touching(text: string): PatternError {
  const message = `'${text}' has two parameters without text between them`
  return new PatternError(message, 'Put a character between them, such as `-`, or a slash.')
}
