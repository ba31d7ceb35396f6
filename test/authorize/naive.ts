/** Policies evaluated in the plainest way there is, with nothing of the library: what the tests hold it against. */

/** Wildcards by a table of all prefixes of both. */
export function naiveGlob(pattern: string, text: string): boolean {
  let row = [true, ...Array.from(text, () => false)]
  for (const sign of pattern) {
    const next = [sign === '*' && row[0] === true]
    for (let at = 0; at < text.length; at++) {
      if (sign === '*') next.push(next[at] === true || row[at + 1] === true)
      else next.push(row[at] === true && (sign === '?' || sign === text[at]))
    }
    row = next
  }
  return row.at(-1) === true
}

export interface NaiveStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

interface NaiveRequest {
  readonly action: string
  readonly resource: string
  readonly conditions: Readonly<Record<string, string | readonly string[]>>
}

export function naiveEvaluate(
  statements: readonly NaiveStatement[],
  request: NaiveRequest,
): 'Allow' | 'Deny' | 'None' {
  const effects = statements.filter((each) => naiveApplies(each, request)).map(({ Effect }) => Effect)
  if (effects.includes('Deny')) return 'Deny'
  return effects.includes('Allow') ? 'Allow' : 'None'
}

function naiveApplies(statement: NaiveStatement, { action, resource, conditions }: NaiveRequest): boolean {
  const some = (patterns: readonly string[], text: string) => patterns.some((each) => naiveGlob(each, text))
  const lower = (patterns: readonly string[]) => patterns.map((each) => each.toLowerCase())
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement
  if (Action && !some(lower(Action), action.toLowerCase())) return false
  if (NotAction && some(lower(NotAction), action.toLowerCase())) return false
  if (Resource && !some(Resource, resource)) return false
  if (NotResource && some(NotResource, resource)) return false
  for (const [operator, keys] of Object.entries(Condition)) {
    for (const [key, values] of Object.entries(keys)) {
      const found = Object.entries(conditions).find(([name]) => name.toLowerCase() === key.toLowerCase())
      if (!naiveCondition(operator, values, found?.[1])) return false
    }
  }
  return true
}

/** AWS's rules, one after another. */
function naiveCondition(
  operator: string,
  wanted: readonly string[],
  found: string | readonly string[] | undefined,
): boolean {
  if (operator === 'Null') return wanted.includes(String(found === undefined))
  const set = /^(ForAnyValue|ForAllValues):/.exec(operator)?.[1]
  const ifExists = operator.endsWith('IfExists')
  const base = operator.replace(/^For\w+:/, '').replace(/IfExists$/, '')
  const negated = base.includes('Not')
  const one = (value: string) => {
    const met = wanted.some((each) => naiveCompare(base.replace('Not', ''), value, each))
    return negated ? !met : met
  }
  const values = found === undefined ? [] : [found].flat()
  if (set === 'ForAllValues') return values.every((value) => value === '' || one(value))
  if (set === 'ForAnyValue') return values.some((value) => value !== '' && one(value))
  if (values.length === 0) return ifExists || negated
  return negated ? values.every(one) : values.some(one)
}

function naiveCompare(operator: string, value: string, wanted: string): boolean {
  const [left, right] = [Number(value), Number(wanted)]
  switch (operator) {
    case 'StringEquals':
      return value === wanted
    case 'StringEqualsIgnoreCase':
      return value.toLowerCase() === wanted.toLowerCase()
    case 'StringLike':
      return naiveGlob(wanted, value)
    case 'NumericEquals':
      return left === right
    case 'NumericLessThan':
      return left < right
    case 'NumericGreaterThanEquals':
      return left >= right
    case 'Bool':
      return value === wanted
    default:
      throw new TypeError(operator)
  }
}
