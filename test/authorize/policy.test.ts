import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/authorize/policy.js'
import type { PolicyDocument, PolicyStatement } from '../../src/definition.js'
import { fc } from '../laws.js'
import { API, document, request, says, statement } from './ask.js'
import { type NaiveStatement, naiveEvaluate } from './naive.js'

const evaluate = (policy: PolicyDocument, asked: Parameters<typeof request>[0] = {}) =>
  compilePolicy(policy).evaluate(request(asked))

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
describe('the decision', () => {
  const allow = statement({ Sid: 'Yes' })
  const deny = statement({ Sid: 'No', Effect: 'Deny' })
  const other = statement({ Sid: 'Other', Action: 's3:*' })
  test.each([
    ['nothing applies', [other], 'None', undefined],
    ['an Allow applies', [other, allow], 'Allow', 'Yes'],
    ['a Deny applies', [other, deny], 'Deny', 'No'],
    ['a Deny comes after an Allow', [allow, deny], 'Deny', 'No'],
    ['a Deny comes before an Allow', [deny, allow], 'Deny', 'No'],
    ['a Deny does not apply', [{ ...deny, Action: 's3:*' }, allow], 'Allow', 'Yes'],
  ] as const)('where %s', (_, statements, effect, sid) => {
    expect(evaluate(document(...statements))).toMatchObject({ effect, sid })
  })

  test('names the first statement that makes it', () => {
    const again = { ...allow, Sid: 'Again' }
    expect(evaluate(document(other, allow, again))).toEqual({ effect: 'Allow', statement: 1, sid: 'Yes' })
    expect(evaluate(document(other))).toEqual({ effect: 'None', statement: undefined, sid: undefined })
  })

  test('one statement may stand without a list', () => {
    expect(evaluate({ Statement: allow }).effect).toBe('Allow')
  })
})

describe('Action and NotAction', () => {
  test.each([
    ['execute-api:Invoke', true],
    ['EXECUTE-API:invoke', true],
    ['execute-api:*', true],
    ['execute-api:Inv*', true],
    ['execute-api:?nvoke', true],
    ['*', true],
    ['execute-api:InvalidateCache', false],
    ['s3:*', false],
  ])('%s has execute-api:Invoke in it: %s', (action, expected) => {
    expect(says({ Action: action })).toBe(expected ? 'Allow' : 'None')
    expect(says({ NotAction: action })).toBe(expected ? 'None' : 'Allow')
    expect(says({ Action: ['s3:GetObject', action] })).toBe(expected ? 'Allow' : 'None')
    expect(says({ NotAction: ['s3:GetObject', action] })).toBe(expected ? 'None' : 'Allow')
  })
})

describe('Resource and NotResource', () => {
  const GET = `${API}/prod/GET`
  test.each([
    ['*', `${GET}/pets`, true],
    [`${GET}/pets`, `${GET}/pets`, true],
    [`${GET}/pets`, `${GET}/Pets`, false],
    [`${GET}/pets`, `${GET}/pets/7`, false],
    [`${GET}/pets/*`, `${GET}/pets/7`, true],
    [`${GET}/pets/*`, `${GET}/pets/7/toys`, true],
    [`${GET}/pets/*`, `${GET}/pets`, false],
    [`${API}/*/GET/*`, `${GET}/pets`, true],
    [`${API}/*`, `${GET}/pets`, true],
    ['arn:aws:execute-api:*:*:*/prod/GET/*', `${GET}/pets`, true],
    ['arn:aws:execute-api:*:123456789012:*', `${GET}/pets`, true],
    ['arn:aws:execute-api:us-*:*:api/prod/*', `${GET}/pets`, true],
    ['arn:aws:execute-api:eu-*:*:api/prod/*', `${GET}/pets`, false],
    ['arn:aws:execute-api:*', `${GET}/pets`, true],
    ['arn:aws:*', `${GET}/pets`, true],
    ['arn:*', `${GET}/pets`, true],
    ['arn:aws:s3:::*', `${GET}/pets`, false],
    ['arn:aws:execute-api:us-east-?:123456789012:api/*', `${GET}/pets`, true],
    ['execute-api:/*', `${GET}/pets`, true],
    ['execute-api:/prod/GET/pets', `${GET}/pets`, true],
    ['execute-api:/prod/GET/pets', `${GET}/pets/7`, false],
    ['execute-api:/*/GET/pets', `${GET}/pets`, true],
    ['execute-api:/beta/*', `${GET}/pets`, false],
    ['execute-api:/$default/GET/', `${API}/$default/GET/`, true],
    ['execute-api:/prod/GET/pets', 'arn:aws:s3:::bucket/prod/GET/pets', false],
    ['execute-api:/*', 'no ARN', false],
    [`${GET}/*/toys`, `${GET}/a:b/toys`, true],
  ])('%s has %s in it: %s', (resource, asked, expected) => {
    expect(says({ Resource: resource }, { resource: asked })).toBe(expected ? 'Allow' : 'None')
    expect(says({ NotResource: resource }, { resource: asked })).toBe(expected ? 'None' : 'Allow')
    expect(says({ Resource: ['arn:aws:s3:::x', resource] }, { resource: asked })).toBe(
      expected ? 'Allow' : 'None',
    )
  })

  test.each([
    ['arn:aws:execute-api:*:*:api/prod/GET/pets', 'beta/POST/x:y:api/prod/GET/pets'],
    ['arn:aws:execute-api:*:api/prod/GET/pets', 'beta/POST/x:api/prod/GET/pets'],
    ['arn:aws:execute-api:us-east-1:*:api/prod/GET/pets', 'beta/POST/x:api/prod/GET/pets'],
    ['arn:aws:execute-api:us*1:123456789012:api/prod/GET/pets', 'beta/POST/1:123456789012:api/prod/GET/pets'],
  ])('%s: a colon in the path does not move the parts about', (resource, path) => {
    expect(says({ Resource: resource }, { resource: `${API}/prod/GET/pets` })).toBe('Allow')
    expect(says({ Resource: resource }, { resource: `${API}/${path}` })).toBe('None')
  })

  test.each([
    [`${GET}/caf%C3%A9`, `${GET}/caf%C3%A9`],
    [`${GET}/caf%c3%a9`, `${GET}/caf%C3%A9`],
    [`${GET}/café`, `${GET}/caf%C3%A9`],
    [`${GET}/two words`, `${GET}/two%20words`],
    [`${GET}/%70ets`, `${GET}/pets`],
    [`${GET}/a%2Fb`, `${GET}/a%2Fb`],
    [`${GET}/100%`, `${GET}/100%`],
    [`${GET}/what\${?}`, `${GET}/what%3F`],
    [`${GET}/a\${*}b`, `${GET}/a%2Ab`],
    [`${GET}/a%2ab`, `${GET}/a%2Ab`],
    [`${GET}/\${$}1`, `${GET}/$1`],
    ['execute-api:/prod/GET/café/*', `${GET}/caf%C3%A9/7`],
  ])('%s is spelt as canonical paths are: %s', (resource, asked) => {
    expect(says({ Resource: resource }, { resource: asked })).toBe('Allow')
  })

  test('wildcards count in the policy only', () => {
    expect(says({ Resource: `${GET}/pets/7` }, { resource: `${GET}/pets/*` })).toBe('None')
    expect(says({ Resource: `${GET}/pets/7` }, { resource: `${API}/*` })).toBe('None')
    expect(says({ Resource: `${GET}/a\${*}b` }, { resource: `${GET}/axb` })).toBe('None')
    expect(says({ Resource: `${GET}/a%2Fb` }, { resource: `${GET}/a/b` })).toBe('None')
  })
})

describe('Principal and NotPrincipal', () => {
  const alice = 'arn:aws:iam::123456789012:user/alice'
  const nested = 'arn:aws:iam::123456789012:user/staff/alice'
  const role = 'arn:aws:iam::123456789012:role/batch'
  const session = 'arn:aws:sts::123456789012:assumed-role/batch/night'
  const root = 'arn:aws:iam::123456789012:root'
  test.each([
    ['*', undefined, true],
    ['*', alice, true],
    [{ AWS: '*' }, undefined, true],
    [{ AWS: '*' }, alice, true],
    [{ AWS: '123456789012' }, alice, true],
    [{ AWS: '123456789012' }, session, true],
    [{ AWS: '123456789012' }, root, true],
    [{ AWS: '123456789012' }, undefined, false],
    [{ AWS: '999999999999' }, alice, false],
    [{ AWS: root }, alice, true],
    [{ AWS: root }, 'arn:aws:iam::999999999999:user/alice', false],
    [{ AWS: alice }, alice, true],
    [{ AWS: alice }, nested, false],
    [{ AWS: alice }, 'arn:aws:iam::123456789012:user/Alice', false],
    [{ AWS: alice }, role, false],
    [{ AWS: nested }, nested, true],
    [{ AWS: role }, role, true],
    [{ AWS: role }, session, true],
    [{ AWS: 'arn:aws:iam::123456789012:role/path/to/batch' }, session, true],
    [{ AWS: 'arn:aws:iam::123456789012:role/Batch' }, session, false],
    [{ AWS: 'arn:aws:iam::999999999999:role/batch' }, session, false],
    [{ AWS: 'arn:aws:iam::123456789012:user/batch' }, session, false],
    [{ AWS: session }, session, true],
    [{ AWS: session }, 'arn:aws:sts::123456789012:assumed-role/batch/day', false],
    [{ AWS: session }, role, false],
    [
      { AWS: 'arn:aws:sts::123456789012:federated-user/bob' },
      'arn:aws:sts::123456789012:federated-user/bob',
      true,
    ],
    [{ AWS: ['999999999999', alice] }, alice, true],
    [{ AWS: 'AIDAEXAMPLEEXAMPLE12' }, alice, false],
    [{ Service: 'apigateway.amazonaws.com' }, alice, false],
    [{ Service: 'apigateway.amazonaws.com' }, undefined, false],
    [{ Federated: 'cognito-identity.amazonaws.com' }, alice, false],
    [{ CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' }, alice, false],
    [{ Service: '*', AWS: alice }, alice, true],
    [{ Service: '*' }, alice, false],
    [{ AWS: '123456789012' }, 'alice', false],
    [{ AWS: '123456789012' }, 'arn:aws:iam::123456789012:group/x', false],
    [{ AWS: '123456789012' }, 'arn:aws:sts::123456789012:assumed-role/batch', false],
  ] as const)('%j is %s: %s', (principal, caller, expected) => {
    const asked = caller === undefined ? {} : { principal: caller }
    expect(says({ Principal: principal }, asked)).toBe(expected ? 'Allow' : 'None')
    expect(says({ NotPrincipal: principal, Effect: 'Deny' }, asked)).toBe(expected ? 'None' : 'Deny')
  })
})

describe('policy variables', () => {
  const home = `${API}/prod/GET/home`
  const mine = statement({ Resource: `${home}/\${aws:username}/*` })
  const asks = (path: string, conditions = {}, policy = document(mine)) =>
    evaluate(policy, { resource: `${home}/${path}`, conditions }).effect

  test('stand for what the request has', () => {
    expect(asks('alice/1', { 'aws:username': 'alice' })).toBe('Allow')
    expect(asks('bob/1', { 'aws:username': 'alice' })).toBe('None')
    expect(asks('alice/1', { 'aws:username': ['alice'] })).toBe('Allow')
  })

  test('match nothing without a value, or with several', () => {
    expect(asks('alice/1')).toBe('None')
    expect(asks('alice/1', { 'aws:username': ['alice', 'bob'] })).toBe('None')
    const notMine = statement({ Effect: 'Deny', NotResource: `${home}/\${aws:username}/*` })
    expect(asks('alice/1', {}, document(notMine))).toBe('Deny')
  })

  test('have a value instead, where they name one', () => {
    const policy = document(statement({ Resource: `${home}/\${aws:PrincipalTag/team, 'guests'}/*` }))
    expect(asks('guests/1', {}, policy)).toBe('Allow')
    expect(asks('guests/1', { 'aws:PrincipalTag/Team': 'staff' }, policy)).toBe('None')
    expect(asks('staff/1', { 'aws:PrincipalTag/Team': 'staff' }, policy)).toBe('Allow')
  })

  test('take wildcards in values for what they are', () => {
    expect(asks('alice/1', { 'aws:username': '*' })).toBe('None')
    expect(asks('alice/1', { 'aws:username': 'alic?' })).toBe('None')
    expect(asks('%2A/1', { 'aws:username': '*' })).toBe('Allow')
    expect(asks('a%3Fb/1', { 'aws:username': 'a?b' })).toBe('Allow')
  })

  test('spell values as canonical paths are', () => {
    expect(asks('jos%C3%A9/1', { 'aws:username': 'josé' })).toBe('Allow')
    expect(asks('a%2541/1', { 'aws:username': 'a%41' })).toBe('Allow')
    expect(asks('aA/1', { 'aws:username': 'a%41' })).toBe('None')
  })

  test('are literal text in documents of other versions', () => {
    for (const Version of ['2008-10-17', undefined] as const) {
      const policy = { ...(Version && { Version }), Statement: mine }
      expect(asks('alice/1', { 'aws:username': 'alice' }, policy)).toBe('None')
      expect(asks('$%7Baws:username%7D/1', { 'aws:username': 'alice' }, policy)).toBe('Allow')
    }
  })

  test.each([
    ['StringEquals', `team-\${aws:username}`, 'team-alice', true],
    ['StringEquals', `team-\${aws:username}`, 'team-bob', false],
    ['StringEqualsIgnoreCase', `TEAM-\${aws:USERNAME}`, 'team-Alice', true],
    ['StringEqualsIgnoreCase', `\${aws:none, 'Guests'}`, 'guests', true],
    ['StringLike', `\${aws:username}/*`, 'alice/x', true],
    ['StringLike', `\${aws:username}\${*}`, 'alice*', true],
    ['StringLike', `\${aws:username}\${*}`, 'alice-', false],
    ['StringEquals', `\${aws:none}`, 'x', false],
    ['StringNotEquals', `\${aws:none}`, 'x', true],
    ['ArnEquals', `\${aws:PrincipalArn}`, 'arn:aws:iam::123456789012:user/alice', true],
    ['ArnLike', `arn:aws:iam::*:user/\${aws:username}`, 'arn:aws:iam::123456789012:user/alice', true],
    ['ArnLike', `arn:aws:iam::*:user/\${aws:username}`, 'arn:aws:iam::123456789012:user/bob', false],
  ])('%s %s of %s: %s', (operator, wanted, found, expected) => {
    const conditions = {
      'aws:username': 'alice',
      'aws:principalarn': 'arn:aws:iam::123456789012:user/alice',
      'x:y': found,
    }
    expect(says({ Condition: { [operator]: { 'x:y': wanted } } }, { conditions })).toBe(
      expected ? 'Allow' : 'None',
    )
  })
})

test('all operators and all of their keys must hold', () => {
  const Condition = {
    StringEquals: { 'x:a': '1', 'x:b': '2' },
    NumericLessThan: { 'x:c': 3 },
  }
  const holding = { 'x:a': '1', 'x:b': '2', 'x:c': '2' }
  expect(says({ Condition }, { conditions: holding })).toBe('Allow')
  for (const key of Object.keys(holding)) {
    expect(says({ Condition }, { conditions: { ...holding, [key]: '9' } })).toBe('None')
  }
})

describe('a document with faults', () => {
  test('is not compiled', () => {
    const wrong = document(statement({ Condition: { IpAdress: { 'aws:SourceIp': '10.0.0.0/8' } } }))
    expect(() => compilePolicy(wrong)).toThrow(
      'a policy document is not valid: Statement[0].Condition.IpAdress: there is no condition operator `IpAdress`',
    )
  })

  test('is one of the other kind', () => {
    const resource = document(statement({ Principal: '*' }))
    expect(() => compilePolicy(resource, 'identity')).toThrow(/Statement\[0\]\.Principal/)
    expect(() => compilePolicy(document(statement()), 'resource')).toThrow(/Statement\[0\]\.Principal/)
    expect(() => compilePolicy(resource, 'resource')).not.toThrow()
    expect(() => compilePolicy(document(statement()), 'identity')).not.toThrow()
  })

  test.each([undefined, null, 'Allow', 7, [], {}, { Statement: [] }, { Statement: [null] }, new Map()])(
    'is %j',
    (given) => {
      expect(() => compilePolicy(given as unknown as PolicyDocument)).toThrow(TypeError)
    },
  )

  test('is one with a name of every object in it', () => {
    const given = JSON.parse(
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","__proto__":{"Principal":"*"}}}',
    ) as PolicyDocument
    expect(() => compilePolicy(given)).toThrow(/`__proto__` is no element of a statement/)
    const inherited = Object.create({ Effect: 'Allow', Action: '*', Resource: '*' }) as PolicyStatement
    expect(() => compilePolicy(document(inherited))).toThrow(TypeError)
  })
})

const some = <T>(...from: T[]) => fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 2 })
const actions = some('execute-api:Invoke', 'EXECUTE-API:inv*', 'execute-api:?nval*', 's3:*', '*')
const resources = some('*', `${API}/*`, `${API}/prod/GET/*`, `${API}/*/pets`, `${API}/???t/POST/p?ts`)
const values = some('a', 'A', 'ab', 'a*', '?', '')
const tests = fc.oneof(
  fc.record({
    set: fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'),
    base: fc.constantFrom(
      ...['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'],
    ),
    end: fc.constantFrom('', 'IfExists'),
    wanted: values,
  }),
  fc.record({
    set: fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'),
    base: fc.constantFrom('NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals'),
    end: fc.constantFrom('', 'IfExists'),
    wanted: some('1', '2', '3.5'),
  }),
  fc.record({
    set: fc.constant(''),
    base: fc.constantFrom('Null', 'Bool'),
    end: fc.constant(''),
    wanted: some('true', 'false'),
  }),
)
const KEYS = { text: 'x:text', number: 'x:number', flag: 'x:flag' }

function keyOf(base: string): string {
  if (base.startsWith('String')) return KEYS.text
  return base.startsWith('Numeric') ? KEYS.number : KEYS.flag
}

const statements: fc.Arbitrary<NaiveStatement & PolicyStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    actions,
    not: fc.boolean(),
    resources,
    elsewhere: fc.boolean(),
    tests: fc.array(tests, { maxLength: 2 }),
  })
  .map(({ Effect, actions, not, resources, elsewhere, tests }) => ({
    Effect,
    ...(not ? { NotAction: actions } : { Action: actions }),
    ...(elsewhere ? { NotResource: resources } : { Resource: resources }),
    Condition: Object.fromEntries(
      tests.map(({ set, base, end, wanted }) => [`${set}${base}${end}`, { [keyOf(base)]: wanted }]),
    ),
  }))

const asked = fc.record({
  action: fc.constantFrom('execute-api:Invoke', 'execute-api:InvalidateCache'),
  resource: fc.constantFrom(`${API}/prod/GET/pets`, `${API}/test/POST/pets`, `${API}/prod/GET/pets/7`),
  conditions: fc
    .record({
      text: fc.option(
        fc.oneof(
          fc.constantFrom('a', 'ab', 'b', ''),
          fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 3 }),
        ),
        { nil: undefined },
      ),
      number: fc.option(fc.constantFrom('1', '2', '4'), { nil: undefined }),
      flag: fc.option(fc.constantFrom('true', 'false'), { nil: undefined }),
    })
    .map(({ text, number, flag }) => ({
      ...(text !== undefined && { [KEYS.text]: text }),
      ...(number !== undefined && { [KEYS.number]: number }),
      ...(flag !== undefined && { [KEYS.flag]: flag }),
    })),
})

describe('laws', () => {
  const policies = fc.array(statements, { minLength: 1, maxLength: 5 })

  test('a policy says what the plainest interpreter says', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(policies, asked, (list, question) => {
        const { effect } = evaluate(document(...list), question)
        seen.add(effect)
        expect(effect).toBe(naiveEvaluate(list, question))
      }),
      { numRuns: 1000 },
    )
    expect([...seen].sort()).toEqual(['Allow', 'Deny', 'None'])
  })

  test('a Deny that applies wins, wherever it stands', () => {
    fc.assert(
      fc.property(policies, asked, fc.nat(), (list, question, place) => {
        const at = place % (list.length + 1)
        const denied = [...list.slice(0, at), statement({ Effect: 'Deny' }), ...list.slice(at)]
        expect(evaluate(document(...denied), question).effect).toBe('Deny')
      }),
    )
  })

  test('the order of statements does not matter', () => {
    fc.assert(
      fc.property(policies, asked, fc.infiniteStream(fc.nat()), (list, question, stream) => {
        const order = list.map((each) => ({ each, key: stream.next().value ?? 0 }))
        const shuffled = order.sort((one, other) => one.key - other.key).map(({ each }) => each)
        expect(evaluate(document(...shuffled), question).effect).toBe(
          evaluate(document(...list), question).effect,
        )
      }),
    )
  })

  test('the statement that is named has the effect, and applies by itself', () => {
    fc.assert(
      fc.property(policies, asked, (list, question) => {
        const { effect, statement: index } = evaluate(document(...list), question)
        const one = index === undefined ? undefined : list[index]
        expect(one === undefined ? 'None' : evaluate(document(one), question).effect).toBe(effect)
      }),
    )
  })
})

describe('hostile values', () => {
  test('of great length are compared and forgotten', () => {
    const [long, stars] = ['a'.repeat(10_000), '*a'.repeat(2000)]
    const asks = (operator: string, wanted: string, found: string) => {
      const conditions = { 'aws:UserAgent': found, 'aws:username': stars }
      return says({ Condition: { [operator]: { 'aws:UserAgent': wanted } } }, { conditions })
    }
    expect(asks('StringLike', `${stars}b`, long)).toBe('None')
    expect(asks('StringLike', `*\${aws:username}*`, long)).toBe('None')
    expect(asks('StringLike', `*\${aws:username}*`, `${long}${stars}`)).toBe('Allow')
    expect(asks('NumericEquals', '1', '1'.repeat(10_000))).toBe('None')
    expect(asks('IpAddress', '::/0', ':'.repeat(10_000))).toBe('None')
    expect(asks('DateLessThan', '2026', '9'.repeat(10_000))).toBe('None')
    expect(asks('ArnLike', 'arn:aws:iam::*:user/*', 'arn:'.repeat(2500))).toBe('None')
  })

  test('in the path do not make it another one', () => {
    const policy = { Resource: `${API}/prod/GET/pets/${'*a'.repeat(500)}*b` }
    expect(says(policy, { resource: `${API}/prod/GET/pets/${'a'.repeat(8000)}` })).toBe('None')
  })
})
