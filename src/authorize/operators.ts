/**
 * Condition operators: how one value of a request is held against the values of a policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { arnFault, compileArn } from './arnpattern.js'
import { addressOf, binaryOf, blockOf, booleanOf, dateOf, numberOf, within } from './values.js'
import { tokenize, variableFault } from './variables.js'
import { Pattern, type Values } from './wildcard.js'

/** Whether a value is what the policy says. */
export type Matcher = (value: string, values: Values) => boolean

export interface Operator {
  /** True where the value is none of what the policy says, or is not there at all. */
  readonly negated: boolean
  /** Why it does not hold, between the request's value and the policy's: `is none of`. */
  readonly words: string
  /** What is wrong with a value of the policy. */
  fault(value: string, variables: boolean): string | undefined
  compile(value: string, variables: boolean): Matcher
}

/** Not negated, and under another name, or none, negated. */
interface Family extends Omit<Operator, 'negated' | 'words'> {
  readonly words: readonly [none: string, some: string]
}

/** Text with variables: what it is made into is compared. */
function textual(wildcards: boolean, fold: (text: string) => string, words: Family['words']): Family {
  return {
    words,
    fault: (value, variables) => (variables ? variableFault(value) : undefined),
    compile: (value, variables) => {
      const tokens = tokenize(value, { variables, wildcards })
      const pattern = new Pattern(tokens)
      const { literal } = pattern
      if (literal !== undefined) {
        const wanted = fold(literal)
        return (given) => fold(given) === wanted
      }
      const folded = (values: Values): Values => ({
        variable: (key) => {
          const found = values.variable(key)
          return found === undefined ? undefined : fold(found)
        },
      })
      const own = new Pattern(
        tokens.map((token) => {
          if (token.kind === 'text') return { kind: 'text', text: fold(token.text) }
          if (token.kind !== 'variable' || token.otherwise === undefined) return token
          return { ...token, otherwise: fold(token.otherwise) }
        }),
      )
      return (given, values) => own.matches(fold(given), folded(values))
    },
  }
}

/** What is read once, and a request's once for as long as it is the same: a value that means nothing matches nothing. */
function parsed<T>(
  what: string,
  read: (text: string) => T | undefined,
  holds: (given: T, wanted: T) => boolean,
  words: Family['words'],
): Family {
  return {
    words,
    fault: (value) => (read(value) === undefined ? `is no ${what}` : undefined),
    compile: (value) => {
      const wanted = read(value)
      let last: string | undefined
      let given: T | undefined
      return (text) => {
        if (text !== last) {
          given = read(text)
          last = text
        }
        return given !== undefined && wanted !== undefined && holds(given, wanted)
      }
    },
  }
}

const same = (text: string) => text
const lower = (text: string) => text.toLowerCase()
const EQUALS: Family['words'] = ['is none of', 'is one of']
const LIKE: Family['words'] = ['is like none of', 'is like one of']

const addresses: Family = {
  words: ['is in none of', 'is in one of'],
  fault: (value) => (blockOf(value) === undefined ? 'is neither an IP address nor a CIDR block' : undefined),
  compile: (value) => {
    const block = blockOf(value)
    return (text) => {
      const address = addressOf(text)
      return address !== undefined && block !== undefined && within(address, block)
    }
  },
}

const arns: Family = {
  words: LIKE,
  fault: (value, variables) => (variables ? variableFault(value) : undefined) ?? arnFault(value, variables),
  compile: (value, variables) => {
    const pattern = compileArn(value, variables)
    return (given, values) => pattern.matches(given, values)
  },
}

/** `NumericEquals`, `NumericLessThan` and so on. */
function ordered(
  prefix: 'Numeric' | 'Date',
  what: string,
  read: (text: string) => number | undefined,
  less: string,
  greater: string,
): readonly (readonly [string, Operator])[] {
  const compared = (holds: (given: number, wanted: number) => boolean, miss: string) =>
    operator(parsed(what, read, holds, [miss, '']))
  return [
    ...both(
      parsed(what, read, (given, wanted) => given === wanted, EQUALS),
      `${prefix}Equals`,
      `${prefix}NotEquals`,
    ),
    [`${prefix}LessThan`, compared((given, wanted) => given < wanted, `is not ${less}`)],
    [
      `${prefix}LessThanEquals`,
      compared((given, wanted) => given <= wanted, `is neither ${less} nor equal to`),
    ],
    [`${prefix}GreaterThan`, compared((given, wanted) => given > wanted, `is not ${greater}`)],
    [
      `${prefix}GreaterThanEquals`,
      compared((given, wanted) => given >= wanted, `is neither ${greater} nor equal to`),
    ],
  ]
}

function operator({ words: [none], fault, compile }: Family): Operator {
  return { negated: false, words: none, fault, compile }
}

function both(family: Family, name: string, negated: string): readonly (readonly [string, Operator])[] {
  return [
    [name, operator(family)],
    [negated, { ...operator(family), negated: true, words: family.words[1] }],
  ]
}

/** By name, without `ForAnyValue:`, `ForAllValues:` and `IfExists`. `Null` is none of them: it asks for no value. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...both(textual(false, same, EQUALS), 'StringEquals', 'StringNotEquals'),
  ...both(textual(false, lower, EQUALS), 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'),
  ...both(textual(true, same, LIKE), 'StringLike', 'StringNotLike'),
  ...ordered('Numeric', 'number', numberOf, 'less than', 'greater than'),
  ...ordered('Date', 'date', dateOf, 'before', 'after'),
  ['Bool', operator(parsed('boolean', booleanOf, (given, wanted) => given === wanted, ['is not', '']))],
  ['BinaryEquals', operator(parsed('base64', binaryOf, (given, wanted) => given === wanted, EQUALS))],
  ...both(addresses, 'IpAddress', 'NotIpAddress'),
  ...both(arns, 'ArnEquals', 'ArnNotEquals'),
  ...both(arns, 'ArnLike', 'ArnNotLike'),
])
