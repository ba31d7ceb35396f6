import { describe, expect, test } from 'vitest'
import { faultsOf } from './check-faults.js'

const SOUND = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }

const faults = (resourcePolicy: unknown) =>
  faultsOf({ routes: [{ pattern: 'GET /pets', policy: {} }], resourcePolicy })
const inStatement = (given: object) => faults({ Version: '2012-10-17', Statement: [{ ...SOUND, ...given }] })
const inCondition = (Condition: unknown) => inStatement({ Condition })

describe('a resource policy', () => {
  test('may say all that AWS takes', () => {
    expect(
      faults({
        Version: '2012-10-17',
        Id: 'office',
        Statement: [
          SOUND,
          {
            Sid: 'One',
            Effect: 'Deny',
            NotPrincipal: {
              AWS: ['123456789012', 'arn:aws:iam::123456789012:role/x'],
              Service: 'a.amazonaws.com',
            },
            NotAction: ['execute-api:invalidatecache', 'execute-api:Inv*'],
            NotResource: ['arn:aws:execute-api:*:*:*/prod/GET/*', '*', 'arn:aws:execute-api:*:api/prod/*'],
            Condition: {
              'ForAllValues:StringLikeIfExists': {
                'aws:PrincipalTag/x': ['a*', `\${aws:username}`, `\${*}`],
              },
              StringEquals: { 'accounts.google.com:aud': `\${aws:PrincipalTag/team, 'none'}` },
              'ForAnyValue:ArnLike': { 'aws:PrincipalArn': 'arn:aws:iam::*:user/*' },
              NumericLessThanEquals: { 'aws:MultiFactorAuthAge': 3600 },
              DateGreaterThan: {
                'aws:CurrentTime': ['2026-01-01', '2026-01-01T00:00:00.5+01:00', '1767225600'],
              },
              BoolIfExists: { 'aws:SecureTransport': true },
              BinaryEquals: { 'x:y': 'YQ==' },
              NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32', '::ffff:10.0.0.1'] },
              Null: { 'aws:TokenIssueTime': ['true'] },
            },
          },
        ],
      }),
    ).toEqual([])
    expect(faults({ Statement: SOUND })).toEqual([])
  })

  test('names the operator that could have been meant', () => {
    expect(inCondition({ IpAdress: { 'aws:SourceIp': '10.0.0.0/8' } })).toEqual([
      'POLICY_OPERATOR_UNKNOWN resourcePolicy.Statement[0].Condition.IpAdress: there is no condition operator `IpAdress` | Did you mean `IpAddress`?',
    ])
    expect(inCondition({ 'ForAnyValue:StringsLike': { 'x:y': 'z' } })).toEqual([
      "POLICY_OPERATOR_UNKNOWN resourcePolicy.Statement[0].Condition['ForAnyValue:StringsLike']: there is no condition operator `ForAnyValue:StringsLike` | Did you mean `ForAnyValue:StringLike`?",
    ])
  })

  test.each([
    'stringequals',
    'NullIfExists',
    'ForAnyValue:Null',
    'ForAllValues:ForAnyValue:StringLike',
    'ForEachValue:StringLike',
    'StringEqualsIfExistsIfExists',
    'IfExists',
    'ForAnyValue:',
    '',
    '__proto__',
    'constructor',
  ])('has no operator %j', (operator) => {
    const Condition = JSON.parse(`{${JSON.stringify(operator)}:{"x:y":"z"}}`) as unknown
    expect(inCondition(Condition)).toEqual([expect.stringMatching(/^POLICY_OPERATOR_UNKNOWN /)])
  })

  test.each([
    [{ Principals: '*' }, 'UNKNOWN_FIELD', 'Principals', 'Did you mean `Principal`?'],
    [{ Effect: 'allow' }, 'VALUE_INVALID', 'Effect', 'Did you mean `Allow`?'],
    [{ Effect: undefined }, 'REQUIRED', 'Effect', "Write 'Allow' or 'Deny'."],
    [{ Action: undefined }, 'REQUIRED', 'Action', 'Add `Action`.'],
    [{ Resource: undefined }, 'REQUIRED', 'Resource', 'Add `Resource`.'],
    [{ Principal: undefined }, 'REQUIRED', 'Principal', 'Add `Principal`.'],
    [{ NotAction: 's3:*' }, 'POLICY_INVALID', 'NotAction', 'Keep one of them.'],
    [{ NotResource: '*' }, 'POLICY_INVALID', 'NotResource', 'Keep one of them.'],
    [{ NotPrincipal: '*' }, 'POLICY_INVALID', 'NotPrincipal', 'Keep one of them.'],
    [{ Action: 'Invoke' }, 'POLICY_INVALID', 'Action', 'Write it with its service'],
    [{ Action: 'execute-api:Invoce' }, 'POLICY_INVALID', 'Action', 'Did you mean `execute-api:Invoke`?'],
    [{ Action: ['*', 7] }, 'WRONG_TYPE', 'Action[1]', 'Write it with its service'],
    [{ Action: [] }, 'REQUIRED', 'Action', 'Add what it is to list.'],
    [{ Resource: 'prod/GET/pets' }, 'POLICY_INVALID', 'Resource', 'Write `execute-api:/stage/METHOD/path`'],
    [{ Resource: 'execute-api:prod/*' }, 'POLICY_INVALID', 'Resource', 'Write `execute-api:/stage'],
    [
      { Resource: 'arn:aws:execute-api:us-east-1:api/prod' },
      'POLICY_INVALID',
      'Resource',
      'Write `execute-api:/stage',
    ],
    [
      { Resource: 'arn:aws:execute-api:us-east-1:api/prod/GET/a:b:c' },
      'POLICY_INVALID',
      'Resource',
      'Write `execute-api:/stage',
    ],
    [
      { Resource: `arn:aws:execute-api:\${aws:RequestedRegion}:123456789012:api/*` },
      'POLICY_INVALID',
      'Resource',
      'Write `execute-api:/stage',
    ],
    [
      { Resource: `execute-api:/prod/GET/\${aws:username` },
      'POLICY_INVALID',
      'Resource',
      'Write `execute-api:/stage',
    ],
    [
      { Resource: `execute-api:/prod/GET/\${user}` },
      'POLICY_INVALID',
      'Resource',
      'Write `execute-api:/stage',
    ],
    [{ Principal: 'alice' }, 'POLICY_INVALID', 'Principal', "Write '*' for everybody"],
    [{ Principal: {} }, 'REQUIRED', 'Principal', "Write { AWS: '123456789012' }."],
    [{ Principal: { Aws: '*' } }, 'UNKNOWN_FIELD', 'Principal.Aws', 'Did you mean `AWS`?'],
    [{ Principal: { AWS: 'alice' } }, 'POLICY_INVALID', 'Principal.AWS', "Write '123456789012'"],
    [{ Principal: { AWS: ['*', '12345'] } }, 'POLICY_INVALID', 'Principal.AWS[1]', "Write '123456789012'"],
    [
      { Principal: { AWS: 'arn:aws:iam::123456789012:user/*' } },
      'POLICY_INVALID',
      'Principal.AWS',
      "Write '123456789012'",
    ],
    [{ Sid: 7 }, 'WRONG_TYPE', 'Sid', 'Write a text as a string.'],
    [{ Condition: [] }, 'WRONG_TYPE', 'Condition', 'as an object'],
    [{ Condition: { Bool: 'x' } }, 'WRONG_TYPE', 'Condition.Bool', 'as an object'],
    [{ Condition: new Map() }, 'WRONG_TYPE', 'Condition', 'as an object'],
  ])('%j is a fault: %s at %s', (given, code, place, fix) => {
    const [fault = '', ...more] = inStatement(given)
    expect(more).toEqual([])
    expect(fault.startsWith(`${code} resourcePolicy.Statement[0].${place}: `), fault).toBe(true)
    expect(fault.split(' | ')[1]).toContain(fix)
  })

  test.each([
    ['IpAddress', '10.0.0.0/33'],
    ['IpAddress', '10.0.0'],
    ['IpAddress', '10.0.0.1-10.0.0.9'],
    ['IpAddress', '010.0.0.1'],
    ['IpAddress', '2001:db8::/129'],
    ['NotIpAddress', 'localhost'],
    ['IpAddress', `\${aws:SourceIp}`],
    ['NumericEquals', 'ten'],
    ['NumericEquals', ''],
    ['NumericLessThan', '0x10'],
    ['DateEquals', 'today'],
    ['DateEquals', '2026-13-01'],
    ['DateEquals', '2026-02-30'],
    ['DateEquals', '2026-01-01T00:00:00'],
    ['DateLessThan', '2026-01-01*'],
    ['Bool', 'yes'],
    ['Null', 'null'],
    ['BinaryEquals', 'YQ'],
    ['BinaryEquals', 'not base64'],
    ['ArnLike', 'user/alice'],
    ['ArnEquals', 'arn:aws:iam'],
    ['StringEquals', `\${aws:username`],
    ['StringLike', `\${}`],
    ['StringLike', `\${aws:username, none}`],
  ])('%s: %j is a fault', (operator, value) => {
    const [fault = '', ...more] = inCondition({ [operator]: { 'aws:SourceIp': ['', value].slice(1) } })
    expect(more).toEqual([])
    const place = `POLICY_INVALID resourcePolicy.Statement[0].Condition.${operator}['aws:SourceIp'][0]: '${value}' `
    expect(fault.startsWith(place), fault).toBe(true)
  })

  test('of another version has no variables, so that none can be wrong', () => {
    const resourcePolicy = { Statement: { ...SOUND, Resource: `execute-api:/*/GET/\${user` } }
    expect(faults(resourcePolicy)).toEqual([])
  })

  test('needs the prefix of a condition key, and a value', () => {
    expect(inCondition({ StringEquals: { SourceIp: '10.0.0.1' } })).toEqual([
      'POLICY_INVALID resourcePolicy.Statement[0].Condition.StringEquals.SourceIp: `SourceIp` is no condition key | Did you mean `aws:SourceIp`?',
    ])
    expect(inCondition({ StringEquals: { 'aws:username': [] } })).toEqual([
      expect.stringMatching(/^REQUIRED /),
    ])
    expect(inCondition({ StringEquals: { 'aws:username': [null] } })).toEqual([
      expect.stringMatching(/^WRONG_TYPE /),
    ])
  })

  test('may ask for a key that no request has', () => {
    expect(inCondition({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } })).toEqual([])
  })

  test.each([
    [undefined, []],
    [{}, ['REQUIRED resourcePolicy.Statement']],
    [{ Statement: [] }, ['REQUIRED resourcePolicy.Statement']],
    [[], ['WRONG_TYPE resourcePolicy']],
    ['{"Statement":[]}', ['WRONG_TYPE resourcePolicy']],
    [{ Version: '2012-10-18', Statement: SOUND }, ['VALUE_INVALID resourcePolicy.Version']],
    [{ Statements: [], Statement: SOUND }, ['UNKNOWN_FIELD resourcePolicy.Statements']],
    [{ Statement: [SOUND, null] }, ['WRONG_TYPE resourcePolicy.Statement[1]']],
    [
      {
        Statement: [
          { ...SOUND, Sid: 'a' },
          { ...SOUND, Sid: 'a' },
        ],
      },
      ['DUPLICATE resourcePolicy.Statement[1].Sid'],
    ],
  ])('%j: %j', (given, expected) => {
    expect(faults(given).map((fault) => fault.split(':')[0])).toEqual(expected)
  })

  test('has 8,192 characters at most', () => {
    const addresses = (count: number) =>
      Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255}/32`)
    const Condition = (count: number) => ({ IpAddress: { 'aws:SourceIp': addresses(count) } })
    expect(inCondition(Condition(400))).toEqual([])
    expect(inCondition(Condition(600))).toEqual([
      expect.stringMatching(/^TOO_MANY resourcePolicy: \d+ characters are more/),
    ])
  })

  test('may be anything at all without a crash', () => {
    const cyclic: Record<string, unknown> = { ...SOUND }
    cyclic.Statement = cyclic
    cyclic.Condition = cyclic
    expect(faults(cyclic).length).toBeGreaterThan(0)
    const hostile = JSON.parse(
      '{"__proto__":{"Statement":[]},"Statement":{"__proto__":{"Effect":"Allow"}}}',
    ) as unknown
    expect(faults(hostile).length).toBeGreaterThan(0)
  })
})
