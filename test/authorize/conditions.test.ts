import { describe, expect, test } from 'vitest'
import { fc } from '../laws.js'
import { type Conditions, holds } from './ask.js'

const KEY = 'aws:PrincipalTag/x'

/** Operator, values of the policy, the request's value, and what comes of it. */
type Row = readonly [operator: string, wanted: unknown, found: string | undefined, expected: boolean]

function table(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows.map(([operator, wanted, found, expected]) => ({ operator, wanted, found, expected })))(
      '$operator $wanted of $found: $expected',
      ({ operator, wanted, found, expected }) => {
        expect(holds(operator, KEY, wanted, found === undefined ? {} : { [KEY]: found })).toBe(expected)
      },
    )
  })
}

table('string operators', [
  ['StringEquals', 'alice', 'alice', true],
  ['StringEquals', 'alice', 'Alice', false],
  ['StringEquals', 'al*', 'alice', false],
  ['StringEquals', 'al*', 'al*', true],
  ['StringEquals', '', '', true],
  ['StringEquals', ['bob', 'alice'], 'alice', true],
  ['StringEquals', 7, '7', true],
  ['StringEquals', true, 'true', true],
  ['StringNotEquals', 'alice', 'alice', false],
  ['StringNotEquals', 'alice', 'bob', true],
  ['StringEqualsIgnoreCase', 'alice', 'ALICE', true],
  ['StringEqualsIgnoreCase', 'alice', 'bob', false],
  ['StringNotEqualsIgnoreCase', 'alice', 'ALICE', false],
  ['StringNotEqualsIgnoreCase', 'alice', 'bob', true],
  ['StringLike', 'al*e', 'alice', true],
  ['StringLike', 'AL*', 'alice', false],
  ['StringLike', 'al?ce', 'alice', true],
  ['StringLike', 'al', 'alice', false],
  ['StringNotLike', 'al*', 'alice', false],
  ['StringNotLike', 'al*', 'bob', true],
])

table('numeric operators', [
  ['NumericEquals', '10', '10.0', true],
  ['NumericEquals', 10, '1e1', true],
  ['NumericEquals', '10', '11', false],
  ['NumericEquals', '10', 'ten', false],
  ['NumericNotEquals', '10', '10', false],
  ['NumericNotEquals', '10', '11', true],
  ['NumericNotEquals', '10', 'ten', true],
  ['NumericLessThan', '10', '9.5', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThan', '10', '-11', true],
  ['NumericLessThan', '10', '', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericLessThanEquals', '10', '10.01', false],
  ['NumericGreaterThan', '9', '10', true],
  ['NumericGreaterThan', '10', '9', false],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['NumericGreaterThanEquals', '10', '9.99', false],
])

table('date operators', [
  ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
  ['DateEquals', '1767225600', '2026-01-01T00:00:00Z', true],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
  ['DateEquals', '2026', '2026-01-01T00:00:00Z', true],
  ['DateEquals', '2026-01', '2026-01-01', true],
  ['DateEquals', '2026-01-01', '2026-01-02', false],
  ['DateEquals', '2026-01-01', 'today', false],
  ['DateNotEquals', '2026-01-01', '2026-01-02', true],
  ['DateNotEquals', '2026-01-01', '2026-01-01', false],
  ['DateLessThan', '2026-01-01', '2025-12-31T23:59:59Z', true],
  ['DateLessThan', '2026-01-01', '2026-01-01', false],
  ['DateLessThanEquals', '2026-01-01', '2026-01-01', true],
  ['DateGreaterThan', '2026-01-01', '2026-01-01T00:00:00.001Z', true],
  ['DateGreaterThan', '2026-01-01', '2026-01-01', false],
  ['DateGreaterThanEquals', '2026-01-01', '2026-01-01', true],
  ['DateGreaterThanEquals', '2026-01-01', '2025-12-31', false],
])

table('boolean and binary operators', [
  ['Bool', 'true', 'true', true],
  ['Bool', true, 'true', true],
  ['Bool', 'False', 'false', true],
  ['Bool', 'true', 'false', false],
  ['Bool', 'false', 'no', false],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ6', false],
  ['BinaryEquals', 'QmluYXJ5', 'Binary', false],
])

table('address operators', [
  ['IpAddress', '203.0.113.0/24', '203.0.113.255', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.0', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '203.0.113.7', '203.0.113.8', false],
  ['IpAddress', '203.0.113.7/24', '203.0.113.8', true],
  ['IpAddress', '0.0.0.0/0', '255.255.255.255', true],
  ['IpAddress', '128.0.0.0/1', '200.1.2.3', true],
  ['IpAddress', '128.0.0.0/1', '100.1.2.3', false],
  ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
  ['IpAddress', '::/0', '10.0.0.1', false],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:ffff::1', true],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5679::1', false],
  ['IpAddress', '2001:db8::/33', '2001:db8:7fff::', true],
  ['IpAddress', '2001:db8::/33', '2001:db8:8000::', false],
  ['IpAddress', '2001:db8::1', '2001:db8:0:0:0:0:0:1', true],
  ['IpAddress', '10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['IpAddress', '::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['IpAddress', '::ffff:10.0.0.0/104', '11.1.2.3', false],
  ['IpAddress', ['203.0.113.0/24', '2001:db8::/32'], '2001:db8::1', true],
  ['IpAddress', '10.0.0.0/8', 'localhost', false],
  ['IpAddress', '10.0.0.0/8', '010.0.0.1', false],
  ['IpAddress', '10.0.0.0/8', '10.1', false],
  ['NotIpAddress', '203.0.113.0/24', '203.0.113.255', false],
  ['NotIpAddress', '203.0.113.0/24', '203.0.114.0', true],
  ['NotIpAddress', ['10.0.0.0/8', '192.168.0.0/16'], '192.168.1.1', false],
  ['NotIpAddress', '0.0.0.0/0', 'garbage', true],
])

table('ARN operators', [
  ['ArnEquals', 'arn:aws:iam::123456789012:user/alice', 'arn:aws:iam::123456789012:user/alice', true],
  ['ArnEquals', 'arn:aws:iam::123456789012:user/*', 'arn:aws:iam::123456789012:user/a/b', true],
  ['ArnEquals', 'arn:aws:iam::123456789012:user/A*', 'arn:aws:iam::123456789012:user/alice', false],
  ['ArnLike', 'arn:aws:iam::*:role/x', 'arn:aws:iam::123456789012:role/x', true],
  ['ArnLike', 'arn:aws:iam::12345678901?:role/x', 'arn:aws:iam::123456789012:role/x', true],
  // The IAM reference's own example: parts are matched one by one.
  [
    'ArnLike',
    'arn:aws:someservice:*:111122223333:finance/*',
    'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    false,
  ],
  [
    'StringLike',
    'arn:aws:someservice:*:111122223333:finance/*',
    'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    true,
  ],
  ['ArnLike', '*', 'arn:aws:iam::123456789012:role/x', true],
  ['ArnLike', 'arn:aws:iam::123456789012:*', 'no ARN', false],
  ['ArnNotEquals', 'arn:aws:iam::123456789012:user/alice', 'arn:aws:iam::123456789012:user/bob', true],
  ['ArnNotLike', 'arn:aws:iam::123456789012:user/*', 'arn:aws:iam::123456789012:user/bob', false],
])

const POSITIVE: readonly (readonly [operator: string, value: string])[] = [
  ['StringEquals', 'a'],
  ['StringEqualsIgnoreCase', 'a'],
  ['StringLike', '*'],
  ['NumericEquals', '1'],
  ['NumericLessThan', '1'],
  ['NumericLessThanEquals', '1'],
  ['NumericGreaterThan', '1'],
  ['NumericGreaterThanEquals', '1'],
  ['DateEquals', '2026'],
  ['DateLessThan', '2026'],
  ['DateLessThanEquals', '2026'],
  ['DateGreaterThan', '2026'],
  ['DateGreaterThanEquals', '2026'],
  ['Bool', 'true'],
  ['BinaryEquals', 'YQ=='],
  ['IpAddress', '0.0.0.0/0'],
  ['ArnEquals', '*'],
  ['ArnLike', '*'],
]
const NEGATED: readonly (readonly [operator: string, value: string])[] = [
  ['StringNotEquals', 'a'],
  ['StringNotEqualsIgnoreCase', 'a'],
  ['StringNotLike', 'a'],
  ['NumericNotEquals', '1'],
  ['DateNotEquals', '2026'],
  ['NotIpAddress', '0.0.0.0/0'],
  ['ArnNotEquals', 'arn:aws:iam::123456789012:user/a'],
  ['ArnNotLike', 'arn:aws:iam::123456789012:user/a'],
]

describe('a key that the request does not have', () => {
  test.each(POSITIVE)('fails %s', (operator, value) => {
    expect(holds(operator, KEY, value)).toBe(false)
  })
  test.each(NEGATED)('meets %s', (operator, value) => {
    expect(holds(operator, KEY, value)).toBe(true)
  })
  test.each([...POSITIVE, ...NEGATED])('meets %sIfExists', (operator, value) => {
    expect(holds(`${operator}IfExists`, KEY, value)).toBe(true)
  })
  test.each([...POSITIVE, ...NEGATED])('meets ForAllValues:%s', (operator, value) => {
    expect(holds(`ForAllValues:${operator}`, KEY, value)).toBe(true)
    expect(holds(`ForAllValues:${operator}IfExists`, KEY, value)).toBe(true)
  })
  test.each([...POSITIVE, ...NEGATED])('fails ForAnyValue:%s, with IfExists, too', (operator, value) => {
    expect(holds(`ForAnyValue:${operator}`, KEY, value)).toBe(false)
    expect(holds(`ForAnyValue:${operator}IfExists`, KEY, value)).toBe(false)
  })
  test.each([...POSITIVE, ...NEGATED])('is what an empty list of values is, to %s', (operator, value) => {
    for (const name of [
      operator,
      `${operator}IfExists`,
      `ForAllValues:${operator}`,
      `ForAnyValue:${operator}`,
    ]) {
      expect(holds(name, KEY, value, { [KEY]: [] })).toBe(holds(name, KEY, value))
    }
  })
  test('is what Null asks for', () => {
    expect(holds('Null', KEY, 'true')).toBe(true)
    expect(holds('Null', KEY, 'false')).toBe(false)
    expect(holds('Null', KEY, true)).toBe(true)
    expect(holds('Null', KEY, 'true', { [KEY]: 'a' })).toBe(false)
    expect(holds('Null', KEY, 'false', { [KEY]: 'a' })).toBe(true)
    expect(holds('Null', KEY, ['true', 'false'], { [KEY]: 'a' })).toBe(true)
  })
})

describe('IfExists', () => {
  test.each([
    ['StringEqualsIfExists', 'a', 'b'],
    ['StringNotEqualsIfExists', 'a', 'a'],
    ['IpAddressIfExists', '10.0.0.0/8', '11.0.0.1'],
    ['BoolIfExists', 'true', 'false'],
  ])('%s is as strict as without it where the key is there', (operator, wanted, found) => {
    expect(holds(operator, KEY, wanted, { [KEY]: found })).toBe(false)
  })
})

/** The tables of the IAM guide's page on conditions with several keys or values. */
describe('several values of a request', () => {
  const attributes = 'dynamodb:requestedAttributes'
  const allowed = ['PostDateTime', 'Message', 'Tags']
  const asks = (operator: string, wanted: readonly string[], ...found: string[]) =>
    holds(operator, attributes, wanted, { [attributes]: found })

  test.each([
    [['PostDateTime', 'Message'], true],
    [['PostDateTime', 'UserName'], false],
    [['ID'], false],
    [[''], true],
  ])('ForAllValues:StringLike: %j are all among those of the policy: %s', (found, expected) => {
    expect(asks('ForAllValues:StringLike', allowed, ...found)).toBe(expected)
  })

  test.each([
    [['UserName', 'Message', 'PostDateTime'], true],
    [['UserName'], false],
    [['ID', 'UserName'], true],
    [[''], false],
  ])('ForAnyValue:StringLike: one of %j is among those of the policy: %s', (found, expected) => {
    expect(asks('ForAnyValue:StringLike', ['ID', 'PostDateTime'], ...found)).toBe(expected)
  })

  test.each([
    [['Dept', 'SIC'], true],
    [['Dept', 'Owner'], false],
    [['Owner'], false],
  ])('ForAllValues:StringNotEquals: none of %j is among those of the policy: %s', (found, expected) => {
    expect(asks('ForAllValues:StringNotEquals', ['DataClass', 'Owner'], ...found)).toBe(expected)
  })

  test.each([
    [['Dept', 'DataClass'], true],
    [['Dept', 'SIC'], true],
    [['DataClass', 'Owner'], false],
  ])('ForAnyValue:StringNotEquals: one of %j is not among those of the policy: %s', (found, expected) => {
    expect(asks('ForAnyValue:StringNotEquals', ['DataClass', 'Owner'], ...found)).toBe(expected)
  })

  test('are taken as one of them by an operator without a set, as none of them by a negated one', () => {
    expect(asks('StringEquals', ['Owner'], 'Dept', 'Owner')).toBe(true)
    expect(asks('StringNotEquals', ['Owner'], 'Dept', 'Owner')).toBe(false)
    expect(asks('StringNotEquals', ['Owner'], 'Dept', 'SIC')).toBe(true)
  })

  test('an empty text is the empty set to a set, and a text to all else', () => {
    expect(holds('ForAllValues:StringEquals', KEY, 'a', { [KEY]: '' })).toBe(true)
    expect(holds('ForAnyValue:StringNotEquals', KEY, 'a', { [KEY]: '' })).toBe(false)
    expect(holds('StringNotEquals', KEY, 'a', { [KEY]: '' })).toBe(true)
    expect(holds('Null', KEY, 'true', { [KEY]: '' })).toBe(false)
  })
})

describe('several values of a policy', () => {
  test.each([
    ['StringEquals', 'b', true],
    ['StringEquals', 'c', false],
    ['StringNotEquals', 'b', false],
    ['StringNotEquals', 'c', true],
    ['StringNotLike', 'b', false],
  ])('%s [a, b] of %s: %s', (operator, found, expected) => {
    expect(holds(operator, KEY, ['a', 'b'], { [KEY]: found })).toBe(expected)
  })
})

describe('keys', () => {
  test('are the same in any case', () => {
    expect(holds('IpAddress', 'AWS:sourceIP', '10.0.0.0/8', { 'aws:SourceIp': '10.1.2.3' })).toBe(true)
    expect(holds('StringEquals', 'aws:PrincipalTag/Team', 'a', { 'aws:principaltag/TEAM': 'a' })).toBe(true)
  })

  test('that name what every object has are nothing special', () => {
    for (const key of ['aws:__proto__', 'aws:constructor', 'x:toString']) {
      expect(holds('Null', key, 'true')).toBe(true)
      expect(holds('StringEquals', key, 'a', { [key]: 'a' })).toBe(true)
    }
  })
})

test('a negated operator is the other one, turned about, whatever the value', () => {
  const pairs = [
    ['StringEquals', 'StringNotEquals'],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    ['StringLike', 'StringNotLike'],
  ] as const
  const text = fc.string({ maxLength: 4 })
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      fc.array(text, { minLength: 1, maxLength: 3 }),
      text,
      (pair, wanted, found) => {
        // A variable that is no variable would be a fault.
        fc.pre(!wanted.some((each) => each.includes('${')))
        const given: Conditions = { [KEY]: found }
        expect(holds(pair[0], KEY, wanted, given)).toBe(!holds(pair[1], KEY, wanted, given))
      },
    ),
  )
})

test('the addresses of a block are those that share its first bits', () => {
  const octets = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(octets, fc.nat(31), fc.nat(32), (base, bit, length) => {
      const other = base
        .map((part, index) => (index === bit >> 3 ? part ^ (128 >> (bit & 7)) : part))
        .join('.')
      for (const found of [other, `::ffff:${other}`]) {
        const given = { [KEY]: found }
        expect(holds('IpAddress', KEY, `${base.join('.')}/${length}`, given)).toBe(bit >= length)
        expect(holds('IpAddress', KEY, `::ffff:${base.join('.')}/${length + 96}`, given)).toBe(bit >= length)
      }
    }),
  )
})

test('and so it is with IPv6', () => {
  const parts = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
  const text = (given: readonly number[]) => given.map((part) => part.toString(16)).join(':')
  fc.assert(
    fc.property(parts, fc.nat(127), fc.nat(128), (base, bit, length) => {
      const other = base.map((part, index) => (index === bit >> 4 ? part ^ (0x8000 >> (bit & 15)) : part))
      expect(holds('IpAddress', KEY, `${text(base)}/${length}`, { [KEY]: text(other) })).toBe(bit >= length)
    }),
  )
})
