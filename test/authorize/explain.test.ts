import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { explain } from '../../src/authorize/explain.js'
import { compilePolicy } from '../../src/authorize/policy.js'
import type { PolicyDocument, PolicyStatement } from '../../src/definition.js'
import { fc } from '../laws.js'
import { API, document, request, statement } from './ask.js'

const resource = `${API}/prod/GET/pets/7`
const OFFICE: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Everybody',
      Effect: 'Allow',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
    },
    {
      Sid: 'OutsideTheOffice',
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/prod/*',
      Condition: { NotIpAddress: { 'aws:SourceIp': ['192.168.0.0/16', '10.0.0.0/8'] } },
    },
  ],
}

describe('explain', () => {
  test('says which statement decided', () => {
    const said = explain(OFFICE, { resource, conditions: { 'aws:SourceIp': '203.0.113.7' } })
    expect(said).toMatchObject({ decision: 'Deny', statement: 1, sid: 'OutsideTheOffice' })
    expect(said.statements.map(({ applies }) => applies)).toEqual([true, true])
  })

  test('says of each statement what keeps it from applying', () => {
    const said = explain(OFFICE, { resource, conditions: { 'AWS:sourceip': '10.1.2.3' } })
    expect(said).toMatchObject({ decision: 'Allow', statement: 0, sid: 'Everybody' })
    expect(said.statements[1]).toEqual({
      index: 1,
      sid: 'OutsideTheOffice',
      effect: 'Deny',
      applies: false,
      misses: [
        {
          element: 'Condition',
          operator: 'NotIpAddress',
          key: 'aws:SourceIp',
          reason: '10.1.2.3 is in one of 192.168.0.0/16, 10.0.0.0/8',
        },
      ],
    })
  })

  test('reads well when it is printed', () => {
    const denied = explain(OFFICE, { resource, conditions: { 'aws:SourceIp': '203.0.113.7' } })
    expect(`${denied}`).toBe(
      [
        "Denied explicitly: statement 1 'OutsideTheOffice' (Deny) applies, and a Deny wins over every Allow",
        `  an anonymous caller, execute-api:Invoke on ${resource}`,
        "  statement 0 'Everybody' (Allow) applies",
        "  statement 1 'OutsideTheOffice' (Deny) applies",
      ].join('\n'),
    )
    const principal = 'arn:aws:iam::123456789012:user/alice'
    const policy = document(
      statement({ Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    )
    const silent = explain(policy, { principal, resource })
    expect(inspect(silent)).toBe(
      [
        'Not allowed: no statement applies',
        `  ${principal}, execute-api:Invoke on ${resource}`,
        '  statement 0 (Allow) does not apply',
        '    Action: execute-api:Invoke is none of s3:*',
        '    Condition Bool aws:SecureTransport: the request has none',
      ].join('\n'),
    )
    expect(inspect({ silent })).toContain('Not allowed')
  })

  test.each([
    [{ Action: 's3:Get*' }, 'Action: execute-api:Invoke is none of s3:Get*'],
    [{ NotAction: 'execute-api:*' }, 'NotAction: execute-api:Invoke is one of execute-api:*'],
    [{ Resource: `${API}/beta/*` }, `Resource: ${resource} is none of ${API}/beta/*`],
    [{ NotResource: '*' }, `NotResource: ${resource} is one of *`],
    [{ Principal: { AWS: '999999999999' } }, 'Principal: an anonymous caller is none of 999999999999'],
    [
      { Principal: { Service: 'x.amazonaws.com' } },
      'Principal: an anonymous caller is none of x.amazonaws.com',
    ],
    [{ NotPrincipal: '*' }, 'NotPrincipal: an anonymous caller is one of *'],
    [
      { Condition: { StringEquals: { 'x:a': ['b', 'c d'] } } },
      'Condition StringEquals x:a: a is none of b, "c d"',
    ],
    [{ Condition: { StringNotLike: { 'x:a': 'a*' } } }, 'Condition StringNotLike x:a: a is like one of a*'],
    [{ Condition: { NumericLessThan: { 'x:n': 3 } } }, 'Condition NumericLessThan x:n: 7 is not less than 3'],
    [
      { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' } } },
      'Condition DateGreaterThan aws:CurrentTime: 2026-01-01T00:00:00Z is not after 2026-06-01T00:00:00Z',
    ],
    [
      { Condition: { Bool: { 'aws:SecureTransport': true } } },
      'Condition Bool aws:SecureTransport: false is not true',
    ],
    [{ Condition: { Null: { 'x:a': 'true' } } }, 'Condition Null x:a: the request has one'],
    [{ Condition: { Null: { 'x:b': 'false' } } }, 'Condition Null x:b: the request has none'],
    [{ Condition: { StringEquals: { 'x:b': 'b' } } }, 'Condition StringEquals x:b: the request has none'],
    [
      { Condition: { 'ForAllValues:StringEquals': { 'x:many': ['a', 'b'] } } },
      'Condition ForAllValues:StringEquals x:many: c, d is none of a, b',
    ],
    [
      { Condition: { 'ForAnyValue:StringLike': { 'x:many': 'z*' } } },
      'Condition ForAnyValue:StringLike x:many: a, c, d is like none of z*',
    ],
  ] as const)('gives the reason for %j', (given, line) => {
    const conditions = {
      'x:a': 'a',
      'x:n': 7,
      'x:many': ['a', 'c', 'd'],
      'aws:CurrentTime': '2026-01-01T00:00:00Z',
      'aws:SecureTransport': false,
    }
    const said = explain(document(statement(given)), { resource, conditions })
    expect(said.lines.at(-1)?.trim()).toBe(line)
    expect(said.decision).toBe('None')
  })

  test('cuts long values and long lists short', () => {
    const many = Array.from({ length: 50 }, (_, index) => `v${index}`)
    const policy = document(statement({ Condition: { StringEquals: { 'x:a': many } } }))
    const [, , , line = ''] = explain(policy, { resource, conditions: { 'x:a': 'y'.repeat(10_000) } }).lines
    expect(line).toMatch(/v7 … \(50 in all\)$/)
    expect(line.length).toBeLessThan(300)
  })

  test('is told of another action', () => {
    const policy = document(statement({ Action: 'execute-api:InvalidateCache' }))
    expect(explain(policy, { resource }).decision).toBe('None')
    expect(explain(policy, { resource, action: 'execute-api:InvalidateCache' }).decision).toBe('Allow')
  })

  test('takes a document with faults for what it is', () => {
    const wrong = document(statement({ Condition: { StringEqual: { 'x:a': 'a' } } }))
    expect(() => explain(wrong, { resource })).toThrow(/there is no condition operator `StringEqual`/)
  })

  test('always says what the compiled policy says', () => {
    const parts = fc.record({
      Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
      Action: fc.constantFrom('*', 's3:*', 'execute-api:Invoke'),
      Resource: fc.constantFrom('*', `${API}/prod/*`, `${API}/beta/*`),
      Condition: fc.constantFrom<NonNullable<PolicyStatement['Condition']>>(
        {},
        { StringEquals: { 'x:a': 'a' } },
        { StringNotEquals: { 'x:a': 'a' } },
      ),
    })
    fc.assert(
      fc.property(
        fc.array(parts, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('a', 'b'),
        (list, value) => {
          const conditions = { 'x:a': value }
          const { effect, statement: index } = compilePolicy(document(...list)).evaluate(
            request({ resource, conditions }),
          )
          expect(explain(document(...list), { resource, conditions })).toMatchObject({
            decision: effect,
            statement: index,
          })
        },
      ),
    )
  })
})
