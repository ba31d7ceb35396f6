/** What is wrong with the conditions of a statement. */
import { type OperatorName, operatorNamed, valueFault } from './conditions.js'
import { type At, kindOf } from './faults.js'
import { OPERATORS } from './operators.js'

/** Names that could have been meant. */
const KNOWN = ['Null', ...OPERATORS.keys(), ...[...OPERATORS.keys()].map((name) => `${name}IfExists`)]

export function conditionFaults(at: At, variables: boolean): void {
  if (!at.given || !at.object('conditions by operator')) return
  for (const [name, keys] of at.fields) {
    const operator = operatorNamed(name)
    if (operator === undefined) unknown(keys, name)
    else if (keys.object('values by condition key')) {
      for (const [key, values] of keys.fields) keyFaults(values, key, operator, variables)
    }
  }
}

function unknown(at: At, name: string): void {
  const [, prefix = '', base = name] = /^(ForAnyValue:|ForAllValues:)?(.*)$/s.exec(name) ?? []
  const known = prefix === '' ? KNOWN : KNOWN.map((each) => prefix + each)
  const fix = 'Write an operator of the IAM reference: StringEquals, StringLike, IpAddress, Bool, Null …'
  const message =
    base === 'Null' ? '`Null` asks for no set of values' : `there is no condition operator \`${name}\``
  at.fault('POLICY_OPERATOR_UNKNOWN', message, fix, base === 'Null' ? undefined : { name, known })
}

function keyFaults(at: At, key: string, operator: OperatorName, variables: boolean): void {
  if (!/^[^\s:]+:\S/.test(key)) {
    const fix = 'Write it with its prefix: `aws:SourceIp`.'
    at.fault('POLICY_INVALID', `\`${key}\` is no condition key`, fix, { name: `aws:${key}`, known: KEYS })
  }
  for (const value of at.several()) {
    const given = value.value
    const text = typeof given === 'number' || typeof given === 'boolean' ? String(given) : given
    if (typeof text !== 'string') {
      value.fault(
        'WRONG_TYPE',
        'a value of a condition is a string, a number or a boolean',
        'Write it as a string.',
      )
      continue
    }
    const wrong = valueFault(operator, text, variables)
    if (wrong !== undefined) {
      value.fault('POLICY_INVALID', `${kindOf(text)} ${wrong}`, fixOf(operator))
    }
  }
}

/** Keys that a gateway has of itself. */
const KEYS = [
  ...['aws:CurrentTime', 'aws:EpochTime', 'aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:PrincipalType'],
  ...['aws:Referer', 'aws:RequestedRegion', 'aws:SecureTransport', 'aws:SourceIp', 'aws:SourceVpc'],
  ...['aws:SourceVpce', 'aws:UserAgent', 'aws:VpcSourceIp', 'aws:userid', 'aws:username'],
]

function fixOf({ base }: OperatorName): string {
  if (base.includes('IpAddress'))
    return "Write an address or a CIDR block: '203.0.113.0/24', '2001:db8::/32'."
  if (base.startsWith('Date'))
    return "Write ISO 8601 with its time zone, '2026-01-01T00:00:00Z', or seconds since the epoch."
  if (base.startsWith('Numeric')) return "Write a number: '10'."
  if (base === 'BinaryEquals') return 'Write the bytes in base64, with its padding.'
  if (base.startsWith('Arn')) return "Write an ARN of six parts: 'arn:aws:iam::123456789012:user/*'."
  return base.startsWith('String') ? `Write a variable as \${aws:username}.` : "Write 'true' or 'false'."
}
