/** The two syntaxes of paths, AWS's and path-to-regexp's, read into the tokens of the latter. */
import { PathError, parse, type Token } from 'path-to-regexp'

/** A pattern that cannot be served. */
export class PatternError extends Error {
  constructor(
    message: string,
    /** What would be right. */
    readonly fix: string,
  ) {
    super(message)
    this.name = 'PatternError'
  }
}

/** A token that is no group. */
export type Piece = Exclude<Token, { type: 'group' }>

/** AWS's `{petId}` and `{path+}`. */
const AWS_PARAMETER = /\{([\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$.-]*)(\+?)\}/gu
/** `{a:b}`: a parameter to AWS, optional text with a parameter to path-to-regexp. */
const AMBIGUOUS = /\{[\p{L}\p{N}_$][^{}/:*]*:[^{}/*]*\}/u
/** `/{pet id}`: meant as a parameter, and yet an optional text to path-to-regexp. */
const MISNAMED = /\/(\{[^{}/:*]*\})(?=\/|$)/u

/** A pattern with n optional parts stands for up to 2^n paths. */
const MOST_PATTERNS = 32

/**
 * Each way to read a path: one, or several where parts of it are optional, the longest first.
 *
 * @throws PatternError
 */
export function readPath(text: string): Piece[][] {
  return expand(tokensOf(text), text)
}

function tokensOf(text: string): readonly Token[] {
  const outside = text.replaceAll(AWS_PARAMETER, '')
  const isAws = outside !== text
  if (isAws && /[:*{}\\]/.test(outside)) {
    const fix =
      'Write `/pets/{petId}` or `/pets/:petId` throughout; a literal `:` is `%3A`, a literal `*` is `%2A`.'
    throw new PatternError(`'${text}' mixes AWS's syntax with path-to-regexp's`, fix)
  }
  if (isAws || !/[:*{}\\]/.test(text)) return awsTokens(text)
  return pathToRegexpTokens(text)
}

function pathToRegexpTokens(text: string): readonly Token[] {
  const meant = AMBIGUOUS.exec(text)?.[0] ?? MISNAMED.exec(text)?.[1]
  if (meant !== undefined) {
    const fix = 'Name a parameter with letters, digits, `_`, `-` or `.`: `{petId}`, `{path+}`.'
    throw new PatternError(`'${meant}' in '${text}' is no parameter`, fix)
  }
  try {
    return parse(text).tokens
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    const [message = ''] = error.message.split(/: |;/)
    throw new PatternError(`'${text}': ${message}`, fixOf(text))
  }
}

/** What Express 4 and others write, as it is written here. */
function fixOf(text: string): string {
  const meant = text
    .replace(/\{(\w+)\*\}/g, '{$1+}')
    .replace(/\*(?=\/|$)/g, '*path')
    .replace(/(:\w+)\((?:[^()]|\([^()]*\))*\)/g, '$1')
  if (meant === text) return 'Write it as `/pets/:petId`, `/files/*path` or `/pets{/:petId}`.'
  const held = meant.length < text.length ? ', and hold a parameter to a schema in `parameters.path`' : ''
  return `Write \`${meant}\`${held}.`
}

/** `/pets/:petId?`, as it is written here; `undefined` where it is no such path. */
export function optionalParameters(text: string): string | undefined {
  const meant = text.replace(/\/(:\w+)\?(?=\/|$)/g, '{/$1}')
  return meant === text || meant.includes('?') ? undefined : meant
}

function awsTokens(text: string): Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const { 0: all, 1: name = '', 2: plus, index } of text.matchAll(AWS_PARAMETER)) {
    if (index > end) tokens.push({ type: 'text', value: text.slice(end, index) })
    tokens.push({ type: plus === '+' ? 'wildcard' : 'param', name })
    end = index + all.length
  }
  if (end < text.length) tokens.push({ type: 'text', value: text.slice(end) })
  return tokens
}

/** Each way to take the optional parts or leave them. */
function expand(tokens: readonly Token[], text: string): Piece[][] {
  let ways: Piece[][] = [[]]
  for (const token of tokens) {
    const taken = token.type === 'group' ? [...expand(token.tokens, text), []] : [[token]]
    ways = ways.flatMap((way) => taken.map((pieces) => [...way, ...pieces]))
    if (ways.length > MOST_PATTERNS) {
      const message = `'${text}' has so many optional parts that it stands for more than ${MOST_PATTERNS} paths`
      throw new PatternError(message, 'Write several routes.')
    }
  }
  return ways
}
