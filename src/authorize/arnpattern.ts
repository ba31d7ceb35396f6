/**
 * ARNs with wildcards. Each of the six parts between colons is matched by itself, and the last one takes all that is
 * left, colons included; a `*` at the end of a part may stand for several parts only where the pattern has fewer than
 * six. Otherwise a caller could move the parts about with a colon in its path.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
import { fold, loosePath, spellPath, spellValue } from './arn.js'
import { tokenize } from './variables.js'
import { Pattern, type Token, type Values } from './wildcard.js'

export interface ArnPattern {
  matches(arn: string, values: Values): boolean
}

const PARTS = 6
const SERVICE = 2
/** API Gateway's short form: `execute-api:/prod/GET/pets`. */
const SHORT = 'execute-api:/'

/** Some parts of an ARN, `from` to `to`, and what they must match together. */
interface Span {
  readonly pattern: Pattern
  readonly from: number
  readonly to: number
}

const EVERYTHING: ArnPattern = { matches: () => true }

/** The pattern of a `Resource`. @param loosely for ARNs that are spelt as `loosePath` spells them */
export function compileResource(text: string, variables: boolean, loosely = false): ArnPattern {
  if (text.startsWith(SHORT)) return short(text.slice(SHORT.length), variables, loosely)
  return compileArn(text, variables, loosely)
}

/** The pattern of a condition's ARN, too. */
export function compileArn(text: string, variables: boolean, loosely = false): ArnPattern {
  if (/^\*+$/.test(text)) return EVERYTHING
  const tokens = tokensOf(text, variables, loosely)
  // `${aws:PrincipalArn}` is an ARN by itself.
  if (tokens.length === 1 && tokens[0]?.kind === 'variable') return new Pattern(tokens)
  const parts = partsOf(tokens)
  const literals = parts.slice(0, PARTS - 1).map((tokens) => new Pattern(tokens).literal)
  const last = parts.at(-1) ?? []
  const invocable = literals[SERVICE] === 'execute-api'
  const resource = invocable ? last.map(spelt) : last
  const spelled = invocable && tokens.some(({ kind }) => kind === 'variable')
  const encoded = (values: Values): Values => (spelled ? new Spelling(values, loosely) : values)
  if (parts.length === PARTS && !literals.includes(undefined)) {
    // The most frequent kind. Five parts without a wildcard leave each part its place.
    const whole = new Pattern([{ kind: 'text', text: `${literals.join(':')}:` }, ...resource])
    return { matches: (arn, values) => whole.matches(arn, encoded(values)) }
  }
  const spans = [...parts.slice(0, -1), resource].map((part) => new Pattern(part))
  const ways = spans.length === PARTS ? [each(spans)] : alignments(spans, 0)
  return {
    matches: (arn, values) => {
      const starts = startsOf(arn)
      return starts !== undefined && ways.some((way) => aligned(way, arn, starts, encoded(values)))
    },
  }
}

function short(rest: string, variables: boolean, loosely: boolean): ArnPattern {
  const pattern = new Pattern(tokensOf(rest, variables, loosely).map(spelt))
  return {
    matches: (arn, values) => {
      const starts = startsOf(arn)
      if (starts === undefined || !arn.startsWith('execute-api:', starts[SERVICE])) return false
      const slash = arn.indexOf('/', starts[PARTS - 1])
      const spelled = pattern.dynamic ? new Spelling(values, loosely) : values
      return slash !== -1 && pattern.matches(arn, spelled, slash + 1)
    },
  }
}

function tokensOf(text: string, variables: boolean, loosely: boolean): readonly Token[] {
  const tokens = tokenize(text, { variables, wildcards: true })
  return loosely ? tokens.map(loosened) : tokens
}

function loosened(token: Token): Token {
  if (token.kind === 'text') return { kind: 'text', text: loosePath(token.text) }
  if (token.kind !== 'variable' || token.otherwise === undefined) return token
  return { ...token, otherwise: loosePath(token.otherwise) }
}

function spelt(token: Token): Token {
  return token.kind === 'text' ? { kind: 'text', text: spellPath(token.text) } : token
}

/** Values, spelt as canonical paths are. */
class Spelling implements Values {
  constructor(
    readonly values: Values,
    readonly loosely: boolean,
  ) {}

  variable(key: string): string | undefined {
    const value = this.values.variable(key)
    return value === undefined ? undefined : spellValue(this.loosely ? fold(value) : value)
  }
}

/** Tokens between the first five colons, and all that follow. A colon in a variable's value is no such colon. */
function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    const texts = token.kind === 'text' ? token.text.split(':') : []
    if (token.kind !== 'text') parts.at(-1)?.push(token)
    const room = PARTS - parts.length
    const own = [...texts.slice(0, room), ...(texts.length > room ? [texts.slice(room).join(':')] : [])]
    for (const [index, text] of own.entries()) {
      if (index > 0) parts.push([])
      if (text !== '') parts.at(-1)?.push({ kind: 'text', text })
    }
  }
  return parts
}

function each(patterns: readonly Pattern[]): readonly Span[] {
  return patterns.map((pattern, index) => ({ pattern, from: index, to: index + 1 }))
}

/** The ways in which fewer than six patterns can stand for six parts. */
function alignments(patterns: readonly Pattern[], from: number): readonly (readonly Span[])[] {
  const [pattern, ...rest] = patterns
  if (pattern === undefined) return from === PARTS ? [[]] : []
  const most = pattern.open ? PARTS - rest.length : from + 1
  const ends = Array.from({ length: Math.max(0, most - from) }, (_, index) => from + 1 + index)
  return ends.flatMap((to) => alignments(rest, to).map((way) => [{ pattern, from, to }, ...way]))
}

function aligned(way: readonly Span[], arn: string, starts: readonly number[], values: Values): boolean {
  for (const { pattern, from, to } of way) {
    const end = to === PARTS ? arn.length : (starts[to] ?? 0) - 1
    if (!pattern.matches(arn, values, starts[from], end)) return false
  }
  return true
}

/** Where the six parts begin. */
function startsOf(arn: string): readonly number[] | undefined {
  const starts = [0]
  while (starts.length < PARTS) {
    const colon = arn.indexOf(':', starts.at(-1))
    if (colon === -1) return undefined
    starts.push(colon + 1)
  }
  return starts
}

/** What is wrong with the text of a `Resource`. */
export function resourceFault(text: string, variables: boolean): string | undefined {
  if (text.startsWith(SHORT)) return undefined
  const head = partsOf(tokenize(text, { variables, wildcards: true })).slice(0, PARTS - 1)
  const early = head.flat().some(({ kind }) => kind === 'variable')
  return arnFault(text, variables) ?? (early ? 'has a variable before its fifth colon' : undefined)
}

/** What is wrong with the text of an ARN. */
export function arnFault(text: string, variables: boolean): string | undefined {
  const tokens = tokenize(text, { variables, wildcards: true })
  if (/^\*+$/.test(text) || (tokens.length === 1 && tokens[0]?.kind === 'variable')) return undefined
  if (!text.startsWith('arn:')) return 'is no ARN'
  const parts = partsOf(tokens)
  const head = parts.slice(0, PARTS - 1)
  const fits =
    parts.length === PARTS ||
    alignments(
      parts.map((part) => new Pattern(part)),
      0,
    ).length > 0
  if (!fits) return `has ${parts.length} parts of six`
  // A slash there is one of the resource: there are too few colons before it.
  if (parts.length < PARTS) return undefined
  const slash = head.findIndex((tokens) =>
    tokens.some((token) => token.kind === 'text' && token.text.includes('/')),
  )
  return slash === -1 ? undefined : `has ${slash + 1} parts of six, as there is a slash in the last of them`
}
