import { describe, expect, test } from 'vitest'
import { isSameAccount } from '../../src/authorize/caller.js'
import { before, decide, denial, together } from '../../src/authorize/combine.js'
import { compilePolicy, type Decision } from '../../src/authorize/policy.js'
import { API, document, request, statement } from './ask.js'

const said = (effect: Decision['effect'], statement = 0): Decision => ({ effect, statement, sid: undefined })
const Allow = said('Allow', 1)
const Deny = said('Deny', 2)
const None: Decision = { effect: 'None', statement: undefined, sid: undefined }
const WORDS = new Map([
  [Allow, 'Allow'],
  [Deny, 'Deny'],
  [None, 'neither'],
])

type Row = readonly [identity: Decision, resource: Decision, expected: Decision['effect'], by?: string]

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html */
const TABLE_A: readonly Row[] = [
  [Allow, Allow, 'Allow', 'identity'],
  [Allow, None, 'Allow', 'identity'],
  [Allow, Deny, 'Deny', 'resource'],
  [None, Allow, 'Allow', 'resource'],
  [None, None, 'None'],
  [None, Deny, 'Deny', 'resource'],
  [Deny, Allow, 'Deny', 'identity'],
  [Deny, None, 'Deny', 'identity'],
  [Deny, Deny, 'Deny', 'resource'],
]
const TABLE_B: readonly Row[] = [
  [Allow, Allow, 'Allow', 'resource'],
  [Allow, None, 'None'],
  [Allow, Deny, 'Deny', 'resource'],
  [None, Allow, 'None'],
  [None, None, 'None'],
  [None, Deny, 'Deny', 'resource'],
  [Deny, Allow, 'Deny', 'identity'],
  [Deny, None, 'Deny', 'identity'],
  [Deny, Deny, 'Deny', 'resource'],
]

const titled = (rows: readonly Row[]) =>
  rows.map(([identity, resource, expected, by]) => ({
    ...{ identity, resource, expected, by },
    title: `${WORDS.get(identity)}, resource policy ${WORDS.get(resource)}`,
  }))

describe("table A: the caller's policies, in the account of the API", () => {
  test.each(titled(TABLE_A))('$title: $expected', ({ identity, resource, expected, by }) => {
    const verdict = decide({ kind: 'iam', identity, resource, sameAccount: true })
    expect([verdict.effect, verdict.by]).toEqual([expected, by])
  })
})

describe("table A: a Lambda authorizer's policy", () => {
  test.each(titled(TABLE_A))('$title: $expected', ({ identity, resource, expected, by }) => {
    const verdict = decide({ kind: 'authorizer', identity, resource })
    expect([verdict.effect, verdict.by]).toEqual([expected, by])
  })
})

describe("table B: the caller's policies, from another account", () => {
  test.each(titled(TABLE_B))('$title: $expected', ({ identity, resource, expected, by }) => {
    const verdict = decide({ kind: 'iam', identity, resource, sameAccount: false })
    expect([verdict.effect, verdict.by]).toEqual([expected, by])
  })
})

describe('the resource policy alone', () => {
  test.each([
    [Allow, 'Allow'],
    [None, 'None'],
    [Deny, 'Deny'],
    [undefined, 'Allow'],
  ] as const)('says %j: %s', (resource, expected) => {
    expect(decide({ kind: 'none', resource }).effect).toBe(expected)
    // As with Cognito: who has proven who it is must be allowed by the resource policy, where there is one.
    expect(decide({ kind: 'proof', resource }).effect).toBe(expected)
  })
})

describe('without a resource policy', () => {
  test.each([
    [Allow, true, 'Allow'],
    [None, true, 'None'],
    [Deny, true, 'Deny'],
    [Allow, false, 'None'],
    [None, false, 'None'],
    [Deny, false, 'Deny'],
  ] as const)("the caller's policies say %j, same account %s: %s", (identity, sameAccount, expected) => {
    expect(decide({ kind: 'iam', identity, resource: undefined, sameAccount }).effect).toBe(expected)
  })

  test.each([
    [Allow, 'Allow'],
    [None, 'None'],
    [Deny, 'Deny'],
  ] as const)('the authorizer says %j: %s', (identity, expected) => {
    expect(decide({ kind: 'authorizer', identity, resource: undefined }).effect).toBe(expected)
  })
})

test('the statement that decided is named, with whose it is', () => {
  expect(decide({ kind: 'authorizer', identity: Allow, resource: None })).toEqual({
    ...Allow,
    by: 'identity',
  })
  expect(decide({ kind: 'none', resource: Deny })).toEqual({ ...Deny, by: 'resource' })
})

describe('before an authorizer is called', () => {
  const policy = compilePolicy(
    document(
      statement({
        Principal: '*',
        Effect: 'Deny',
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
      }),
    ),
  )
  test('an explicit Deny of the resource policy is known', () => {
    expect(before(policy, request()).effect).toBe('Deny')
    expect(before(policy, request({ conditions: { 'aws:SourceVpce': 'vpce-1' } })).effect).toBe('None')
  })

  test('there may be no resource policy', () => {
    expect(before(undefined, request()).effect).toBe('None')
  })

  test('a Deny for one caller waits until that one is known', () => {
    const principal = 'arn:aws:iam::123456789012:user/alice'
    const denied = compilePolicy(document(statement({ Principal: { AWS: principal }, Effect: 'Deny' })))
    expect(before(denied, request()).effect).toBe('None')
    expect(denied.evaluate(request({ principal })).effect).toBe('Deny')
  })
})

describe('several policies of one caller', () => {
  const policies = {
    allow: compilePolicy(document(statement({ Sid: 'A' }))),
    deny: compilePolicy(document(statement({ Sid: 'D', Effect: 'Deny' }))),
    other: compilePolicy(document(statement({ Action: 's3:*' }))),
  }
  test.each([
    [[], 'None'],
    [['other'], 'None'],
    [['other', 'allow'], 'Allow'],
    [['allow', 'other'], 'Allow'],
    [['allow', 'deny'], 'Deny'],
    [['deny', 'allow'], 'Deny'],
  ] as const)('%j: %s', (names, expected) => {
    const several = names.map((name) => policies[name])
    expect(together(several, request()).effect).toBe(expected)
  })
})

describe('accounts', () => {
  const alice = 'arn:aws:iam::123456789012:user/alice'
  test.each([
    [alice, '123456789012', true],
    ['arn:aws:sts::123456789012:assumed-role/batch/night', '123456789012', true],
    [alice, '999999999999', false],
    ['alice', '123456789012', false],
    // The definition does not say its account: there is no other one.
    [alice, '000000000000', true],
  ])('%s is of %s: %s', (principal, account, expected) => {
    expect(isSameAccount(principal, account)).toBe(expected)
  })
})

test("a denial is told in AWS's words", () => {
  const resource = `${API}/prod/GET/pets`
  const alice = 'arn:aws:iam::123456789012:user/alice'
  expect(denial(alice, 'execute-api:Invoke', resource, 'None')).toBe(
    `User: ${alice} is not authorized to perform: execute-api:Invoke on resource: ${resource}`,
  )
  expect(denial(undefined, 'execute-api:Invoke', resource, 'Deny')).toBe(
    `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${resource} with an explicit deny`,
  )
})
