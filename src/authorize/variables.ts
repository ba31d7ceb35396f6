/**
 * Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}`, `${$}` for these
 * characters themselves. Only documents of version 2012-10-17 have them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import type { Token } from './wildcard.js'

/** What a text of a policy can hold beside text. */
export interface Syntax {
  readonly variables: boolean
  readonly wildcards: boolean
}

const OPENING = '${'

/** A text of a policy, taken apart. Neighbouring texts are one. */
export function tokenize(text: string, syntax: Syntax): readonly Token[] {
  const tokens: Token[] = []
  let plain = ''
  const flush = (token: Token) => {
    if (plain !== '') tokens.push({ kind: 'text', text: plain })
    plain = ''
    tokens.push(token)
  }
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    const end = syntax.variables && text.startsWith(OPENING, at) ? text.indexOf('}', at) : -1
    if (end !== -1) {
      const variable = variableOf(text.slice(at + OPENING.length, end))
      if (typeof variable === 'string') plain += variable
      else flush(variable)
      at = end
    } else if (syntax.wildcards && character === '*') flush({ kind: 'any' })
    else if (syntax.wildcards && character === '?') flush({ kind: 'one' })
    else plain += character
  }
  if (plain !== '') tokens.push({ kind: 'text', text: plain })
  return tokens
}

/** A variable; or the character that it stands for. */
function variableOf(inside: string): Token | string {
  if (inside === '*' || inside === '?' || inside === '$') return inside
  const comma = inside.indexOf(',')
  if (comma === -1) return { kind: 'variable', key: inside.trim().toLowerCase(), otherwise: undefined }
  const otherwise = inside.slice(comma + 1).trim()
  return {
    kind: 'variable',
    key: inside.slice(0, comma).trim().toLowerCase(),
    otherwise: otherwise.slice(1, -1),
  }
}

const VARIABLE = /^(?:[*?$]|\s*[^\s:,{}'$]+:[^,{}'$]+(?:,\s*'[^{}']*'\s*)?)$/

/** What is wrong with the variables of a text. */
export function variableFault(text: string): string | undefined {
  for (let at = text.indexOf(OPENING); at !== -1; at = text.indexOf(OPENING, at + 1)) {
    const end = text.indexOf('}', at)
    if (end === -1) return 'has a variable without its `}`'
    const inside = text.slice(at + OPENING.length, end)
    if (!VARIABLE.test(inside)) return `has \`\${${inside}}\`, which is no variable`
    at = end
  }
  return undefined
}
