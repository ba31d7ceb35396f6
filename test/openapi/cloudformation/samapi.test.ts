import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway } from 'postern'
import { fromCloudFormation } from 'postern/openapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import { send } from '../../../src/testing.js'

const Transform = 'AWS::Serverless-2016-10-31'
const event = (Type: string, Properties: object) => ({ Type, Properties })
const fn = (Events: object, more: object = {}) => ({
  Type: 'AWS::Serverless::Function',
  Properties: { Events, ...more },
})
const functions = { F: () => ({ statusCode: 200, body: '"f"' }) } as never

describe('what SAM says of whole APIs', () => {
  it('takes Globals where a resource says nothing else, and puts lists together', () => {
    const template = {
      Transform,
      Globals: {
        Api: { BinaryMediaTypes: ['a/b'], Variables: { one: '1', two: '2' }, MethodSettings: [] },
        Function: { AutoPublishAlias: 'live' },
      },
      Resources: {
        A: {
          Type: 'AWS::Serverless::Api',
          Properties: { StageName: 's', BinaryMediaTypes: ['c~1d'], Variables: { two: 'II' } },
        },
        F: fn(
          { E: event('Api', { RestApiId: { Ref: 'A' }, Path: '/f', Method: 'any' }) },
          { FunctionName: 'f' },
        ),
      },
    }
    const { definition } = fromCloudFormation(template)
    expect(definition.binaryMediaTypes).toEqual(['a/b', 'c/d'])
    expect(definition.stages?.s?.variables).toEqual({ one: '1', two: 'II' })
    expect(definition.routes[0]?.pattern).toBe('ANY /f')
    expect(JSON.stringify(definition.routes[0]?.integration?.options)).toContain('function:f:live')
  })

  it('has its user pools and token issuers as authorizers', () => {
    const pool = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_abc'
    const rest = {
      Transform,
      Resources: {
        A: {
          Type: 'AWS::Serverless::Api',
          Properties: {
            StageName: 's',
            Auth: { DefaultAuthorizer: 'Pool', Authorizers: { Pool: { UserPoolArn: pool } } },
          },
        },
        F: fn({
          Closed: event('Api', { RestApiId: { Ref: 'A' }, Path: '/closed', Method: 'get' }),
          Open: event('Api', {
            RestApiId: { Ref: 'A' },
            Path: '/open',
            Method: 'get',
            Auth: { Authorizer: 'NONE' },
          }),
          Iam: event('Api', {
            RestApiId: { Ref: 'A' },
            Path: '/iam',
            Method: 'get',
            Auth: { Authorizer: 'AWS_IAM' },
          }),
        }),
      },
    }
    const { definition } = fromCloudFormation(rest, { functions })
    expect(definition.authorizers?.Pool).toMatchObject({
      jwt: { issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc' },
    })
    const asked = definition.routes.map(({ pattern, policy }) => [pattern, policy.authorize])
    expect(asked).toEqual([
      ['GET /closed', 'Pool'],
      ['GET /open', undefined],
      ['GET /iam', 'iam'],
    ])
  })

  it('has scopes and issuers of HTTP APIs, and refuses authorizers that there are not', () => {
    const template = (Authorizer: string) => ({
      Transform,
      Resources: {
        H: {
          Type: 'AWS::Serverless::HttpApi',
          Properties: {
            Auth: {
              Authorizers: {
                Jwt: {
                  AuthorizationScopes: ['read'],
                  JwtConfiguration: { issuer: 'https://i.example.com', audience: ['me'] },
                },
              },
            },
          },
        },
        F: fn({
          E: event('HttpApi', { ApiId: { Ref: 'H' }, Path: '/f', Method: 'GET', Auth: { Authorizer } }),
        }),
      },
    })
    const { definition } = fromCloudFormation(template('Jwt'), { functions })
    expect(definition.authorizers?.Jwt).toMatchObject({
      jwt: { issuer: 'https://i.example.com', audience: ['me'] },
    })
    expect(definition.routes[0]?.policy.authorize).toEqual({ authorizer: 'Jwt', scopes: ['read'] })
    expect(() => fromCloudFormation(template('Jtw'), { functions })).toThrow(
      "'Jtw' is no authorizer of the API",
    )
  })

  it('admits the addresses that its resource policy names', async () => {
    const template = {
      Transform,
      Resources: {
        A: {
          Type: 'AWS::Serverless::Api',
          Properties: { StageName: 's', Auth: { ResourcePolicy: { IpRangeWhitelist: ['10.0.0.0/8'] } } },
        },
        F: fn({ E: event('Api', { RestApiId: { Ref: 'A' }, Path: '/f', Method: 'get' }) }),
      },
    }
    const gateway = createGateway(fromCloudFormation(template, { functions }).definition)
    expect((await send(gateway, 'GET /s/f', { sourceIp: '10.1.2.3' })).status).toBe(200)
    expect((await send(gateway, 'GET /s/f', { sourceIp: '11.1.2.3' })).status).toBe(403)
  })

  it('reads definitions and includes from files beside it, and from nowhere else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'template-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const at = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    at(
      'api.yaml',
      "openapi: 3.0.1\ninfo: { title: A, version: '1' }\npaths:\n  /a: { get: { responses: { 200: { description: !Ref AWS::Region } } } }\n",
    )
    const template = (value: string) =>
      at(
        'template.yaml',
        `Transform: ${Transform}\nResources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: s\n      ${value}\n`,
      )
    expect(fromCloudFormation(template('DefinitionUri: api.yaml')).definition.routes[0]?.pattern).toBe(
      'GET /a',
    )
    const include =
      'DefinitionBody: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: ./api.yaml } } }'
    const { definition } = fromCloudFormation(template(include))
    expect(definition.routes[0]?.policy.docs?.responses?.[200]?.description).toBe('us-east-1')
    expect(() => fromCloudFormation(template('DefinitionUri: ../api.yaml'))).toThrow(
      "'../api.yaml' is looked for in no folder",
    )
    expect(() => fromCloudFormation(template('DefinitionUri: s3://bucket/api.yaml'))).toThrow(
      'is not fetched',
    )
  })

  it('keeps answers where a stage of REST says so', () => {
    const template = {
      Transform,
      Resources: {
        A: {
          Type: 'AWS::Serverless::Api',
          Properties: {
            StageName: 's',
            CacheClusterEnabled: true,
            CacheClusterSize: '0.5',
            MethodSettings: [
              { ResourcePath: '/*', HttpMethod: '*', CachingEnabled: true, CacheTtlInSeconds: 60 },
            ],
          },
        },
        F: fn({ E: event('Api', { RestApiId: { Ref: 'A' }, Path: '/f', Method: 'get' }) }),
      },
    }
    const { definition } = fromCloudFormation(template, { functions })
    expect(definition.stages?.s).toEqual({
      cache: { size: '0.5GB' },
      methods: { '*': { cache: { ttl: 60 } } },
    })
    expect(definition.routes[0]?.policy.cache).toEqual({ ttl: 0, methods: ['GET'] })
    createGateway(definition)
  })
})
