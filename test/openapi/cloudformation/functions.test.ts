// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are written so in templates

import type { CloudFormationOptions } from 'postern/openapi'
import { fromCloudFormation } from 'postern/openapi'
import { describe, expect, it } from 'vitest'
import { fc } from '../../laws.js'

function templateOf(Description: unknown, more: object = {}) {
  const Properties = { Name: 'A', ProtocolType: 'HTTP', Description }
  return { ...more, Resources: { A: { Type: 'AWS::ApiGatewayV2::Api', Properties } } }
}

/** What a value becomes, in the description of an API. */
function valueOf(value: unknown, more: object = {}, options: CloudFormationOptions = {}): unknown {
  return fromCloudFormation(templateOf(value, more), options).definition.docs?.info?.description
}

const plain = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => !text.includes('{{resolve:'))

describe('functions of CloudFormation', () => {
  it('split what was joined', () => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 8 }), fc.nat(7), (texts, nth) => {
        const list = texts.map((text) => text.replaceAll('|', ''))
        const index = nth % list.length
        const joined = { 'Fn::Join': ['|', list] }
        const chosen = { 'Fn::Join': ['', ['=', { 'Fn::Select': [index, { 'Fn::Split': ['|', joined] }] }]] }
        expect(valueOf(chosen)).toBe(`=${list[index]}`)
      }),
      { numRuns: 100 },
    )
  })

  it('put values into texts, and look at them no further', () => {
    fc.assert(
      fc.property(plain, plain, (one, other) => {
        const beside = { Parameters: { One: { Type: 'String', Default: one } } }
        const given = { 'Fn::Sub': ['<${One}|${Other}|${!One}>', { Other: other }] }
        expect(valueOf(given, beside)).toBe(`<${one}|${other}|\${One}>`)
      }),
      { numRuns: 100 },
    )
  })

  it('decide as conditions do', () => {
    const condition = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.boolean().map((holds) => ({ 'Fn::Equals': [{ Ref: 'Yes' }, holds ? 'yes' : 'no'] })),
        fc.tuple(tie('tree')).map((list) => ({ 'Fn::Not': list })),
        fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((list) => ({ 'Fn::And': list })),
        fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((list) => ({ 'Fn::Or': list })),
      ),
    })).tree
    const holds = (tree: unknown): boolean => {
      const [[name, list] = ['', []]] = Object.entries(tree as Record<string, unknown[]>)
      if (name === 'Fn::Equals') return list[1] === 'yes'
      if (name === 'Fn::Not') return !holds(list[0])
      return name === 'Fn::And' ? list.every(holds) : list.some(holds)
    }
    fc.assert(
      fc.property(condition, (tree) => {
        const beside = {
          Parameters: { Yes: { Type: 'String', Default: 'yes' } },
          Conditions: { Outer: { Condition: 'Inner' }, Inner: tree },
        }
        expect(valueOf({ 'Fn::If': ['Outer', 'then', 'else'] }, beside)).toBe(holds(tree) ? 'then' : 'else')
      }),
      { numRuns: 100 },
    )
  })

  it('give what AWS gives', () => {
    const beside = {
      Mappings: { Sizes: { prod: { size: 'large' } } },
      Parameters: { Zones: { Type: 'CommaDelimitedList', Default: 'a, b' } },
    }
    expect(valueOf({ 'Fn::FindInMap': ['Sizes', 'prod', 'size'] }, beside)).toBe('large')
    expect(valueOf({ 'Fn::FindInMap': ['Sizes', 'x', 'size', { DefaultValue: 'small' }] }, beside)).toBe(
      'small',
    )
    expect(valueOf({ 'Fn::Base64': 'grüß' })).toBe('Z3LDvMOf')
    expect(valueOf({ 'Fn::Join': ['+', { Ref: 'Zones' }] }, beside)).toBe('a+b')
    expect(
      valueOf(
        { 'Fn::Sub': 'arn:${AWS::Partition}:x:${AWS::Region}:${AWS::AccountId}.${AWS::URLSuffix}' },
        {},
        {
          pseudo: { region: 'cn-north-1', accountId: '111122223333' },
        },
      ),
    ).toBe('arn:aws-cn:x:cn-north-1:111122223333.amazonaws.com.cn')
    expect(valueOf({ 'Fn::ImportValue': 'other' }, {}, { imports: { other: 'it' } })).toBe('it')
    expect(valueOf('{{resolve:ssm:/a:1}}!', {}, { values: { '{{resolve:ssm:/a:1}}': 'kept' } })).toBe('kept!')
    expect(valueOf({ Ref: 'AWS::NoValue' })).toBeUndefined()
  })

  it('read the same in short, in YAML', () => {
    const text = `
Parameters: { Env: { Type: String, Default: prod } }
Conditions: { Prod: !And [!Equals [!Ref Env, prod], !Not [!Equals [a, b]]] }
Resources:
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: !Join ['-', [a, !Select [1, !Split [',', 'x,y']]]]
      ProtocolType: HTTP
      Description: !If [Prod, !Sub '\${Env}: \${AWS::StackName}', !Ref AWS::NoValue]
`
    const { info } = fromCloudFormation(text).definition.docs ?? {}
    expect(info).toEqual({ title: 'a-y', version: '1', description: 'prod: stack' })
  })

  it('warn of what only AWS knows, and tell where', () => {
    const beside = { Resources: undefined }
    const template = templateOf({ 'Fn::GetAtt': ['Users', 'Arn'] }, beside)
    Object.assign(template.Resources, { Users: { Type: 'AWS::Cognito::UserPool' } })
    expect(fromCloudFormation(template).warnings).toEqual([
      {
        code: 'UNRESOLVED',
        pointer: '#/Resources/A/Properties/Description/Fn::GetAtt',
        message: "nobody knows here what 'Users.Arn' is",
        fix: "Give `values: { 'Users.Arn': '…' }`.",
      },
    ])
    expect(fromCloudFormation(template, { values: { 'Users.Arn': 'arn:x' } }).warnings).toEqual([])
    expect(() => fromCloudFormation(template, { strict: true })).toThrow(
      "nobody knows here what 'Users.Arn' is",
    )
  })
})

describe('a hostile template', () => {
  const parts = (count: number, of: (index: number) => unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`C${index}`, of(index)]))

  it('comes to an end where conditions or resources lead back to themselves', () => {
    const round = { Conditions: { C0: { Condition: 'C1' }, C1: { 'Fn::Not': [{ Condition: 'C0' }] } } }
    expect(() => valueOf({ 'Fn::If': ['C0', 'a', 'b'] }, round)).toThrow(
      "the condition 'C0' depends on itself",
    )
    const template = {
      Resources: {
        A: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: { Ref: 'T' } } },
        T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': '${U}' } } },
        U: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'T' } } },
      },
    }
    expect(() => fromCloudFormation(template)).toThrow("'T' depends on itself")
  })

  it('is refused where it has no end that anybody would wait for', () => {
    const long = {
      Conditions: { ...parts(5000, (index) => ({ 'Fn::Not': [{ Condition: `C${index + 1}` }] })) },
    }
    expect(() => valueOf({ 'Fn::If': ['C0', 'a', 'b'] }, long)).toThrow(
      'one thing stands for another without an end',
    )
    let deep: unknown = 'x'
    for (let level = 0; level < 5000; level++) deep = { 'Fn::Base64': deep }
    expect(() => valueOf(deep)).toThrow('more than 100 levels')
    const big = { Parameters: { Big: { Type: 'String', Default: 'x'.repeat(100_000) } } }
    const much = { 'Fn::Join': ['', Array.from({ length: 1000 }, () => ({ 'Fn::Sub': '${Big}' }))] }
    expect(() => valueOf(much, big)).toThrow('its functions make too long texts')
  })

  it('means nothing by names that JavaScript has', () => {
    const text =
      '{"__proto__": {"polluted": 1}, "Resources": {"__proto__": {"Type": "x"}, "A": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP", "Description": {"Ref": "constructor"}}}}}'
    expect(() => fromCloudFormation(text)).toThrow("there is nothing named 'constructor'")
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(() => valueOf({ 'Fn::FindInMap': ['__proto__', 'constructor', 'name'] })).toThrow(
      "the mapping '__proto__' has nothing",
    )
    expect(() => valueOf({ 'Fn::If': ['toString', 'a', 'b'] })).toThrow("there is no condition 'toString'")
  })

  it('cannot hold a parameter up by its pattern', () => {
    const slow = {
      Parameters: { P: { Type: 'String', Default: `${'a'.repeat(50_000)}!`, AllowedPattern: '(a+)+' } },
    }
    const before = performance.now()
    expect(() => valueOf({ Ref: 'P' }, slow)).toThrow("does not fit the parameter 'P'")
    expect(performance.now() - before).toBeLessThan(2_000)
  })

  it('leaves whatever is not the API alone', () => {
    const template = templateOf('fine')
    Object.assign(template.Resources, {
      Other: { Type: 'AWS::EC2::Instance', Properties: { X: { 'Fn::Nothing': { Ref: 'Nobody' } } } },
    })
    expect(fromCloudFormation(template).warnings).toEqual([])
  })

  it('is no template where it has no resources', () => {
    expect(() => fromCloudFormation({ openapi: '3.0.1' })).toThrow(
      'this is no template: it has no `Resources`',
    )
    expect(() => fromCloudFormation({ Resources: {} })).toThrow('a template has `Resources`')
  })
})
