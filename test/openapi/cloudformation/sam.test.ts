import { createGateway } from 'postern'
import { fromCloudFormation } from 'postern/openapi'
import { describe, expect, it } from 'vitest'
import { send } from '../../../src/testing.js'

const PETS = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  StageName: { Type: String, AllowedValues: [beta, prod] }
  Upstream: { Type: String, Default: pets.example.com }
Conditions:
  IsProd: !Equals [!Ref StageName, prod]
Globals:
  Function: { Runtime: nodejs20.x, Timeout: 5 }
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref StageName
      Variables: { upstream: !Ref Upstream }
      Cors: "'https://shop.example.com'"
      BinaryMediaTypes: [image~1png]
      MethodSettings:
        - { ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: 10, ThrottlingBurstLimit: !If [IsProd, 20, 5] }
      Models:
        Pet: { type: object, required: [name], properties: { name: { type: string } } }
      GatewayResponses:
        UNAUTHORIZED:
          StatusCode: 407
          ResponseParameters: { Headers: { X-Why: "'no token'" } }
      Auth:
        Authorizers:
          Door: { FunctionArn: !GetAtt Door.Arn, Identity: { Header: X-Door } }
        UsagePlan: { CreateUsagePlan: PER_API, UsagePlanName: free, Quota: { Limit: 100, Period: DAY } }
  Find:
    Type: AWS::Serverless::Function
    Properties:
      Handler: find.handler
      Events:
        One: { Type: Api, Properties: { RestApiId: !Ref Shop, Path: '/pets/{petId}', Method: get } }
        Secret:
          Type: Api
          Properties: { RestApiId: !Ref Shop, Path: /secret, Method: get, Auth: { Authorizer: Door } }
        Keyed:
          Type: Api
          Properties: { RestApiId: !Ref Shop, Path: /keyed, Method: get, Auth: { ApiKeyRequired: true } }
        Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
  Create:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: create-pet
      Events:
        Create:
          Type: Api
          Properties:
            RestApiId: !Ref Shop
            Path: /pets
            Method: post
            RequestModel: { Model: Pet, Required: true, ValidateBody: true }
  Door:
    Type: AWS::Serverless::Function
    Properties: { Handler: door.handler }
  Table: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: !Ref Nothing } }
`

interface Event {
  readonly pathParameters: Record<string, string> | null
  readonly body: string | null
  readonly resource: string
  readonly stageVariables: Record<string, string> | null
  readonly authorizationToken?: string
}
const json = (statusCode: number, value: unknown) => ({ statusCode, body: JSON.stringify(value) })
const functions = {
  Find: (event: Event) =>
    json(200, { id: event.pathParameters?.petId, at: event.resource, by: event.stageVariables }),
  Create: (event: Event) => json(201, JSON.parse(event.body ?? 'null')),
  Door: ({ authorizationToken }: Event) => ({
    principalId: 'me',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: authorizationToken === 'sesame' ? 'Allow' : 'Deny',
          Action: 'execute-api:Invoke',
          Resource: '*',
        },
      ],
    },
  }),
} as never

const read = (parameters: Record<string, string> = { StageName: 'prod' }) =>
  fromCloudFormation(PETS, { parameters, functions })

describe('a SAM template', () => {
  it('has its functions answer requests in this process', async () => {
    const { definition, warnings } = read()
    expect(warnings).toEqual([])
    const gateway = createGateway(definition)
    const answer = await send(gateway, 'GET /prod/pets/7')
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({ id: '7', at: '/pets/{petId}', by: { upstream: 'pets.example.com' } })
  })

  it('holds bodies to the models that its events name', async () => {
    const gateway = createGateway(read().definition)
    expect((await send(gateway, 'POST /prod/pets', { json: { name: 'Rex' } })).status).toBe(201)
    expect((await send(gateway, 'POST /prod/pets', { json: { nom: 'Rex' } })).status).toBe(400)
  })

  it('asks its authorizers, and for API keys', async () => {
    const gateway = createGateway(read().definition)
    const secret = (token?: string) =>
      send(gateway, 'GET /prod/secret', { headers: token ? { 'x-door': token } : {} })
    expect((await secret()).status).toBe(407)
    expect((await secret('mellon')).status).toBe(403)
    expect((await secret('sesame')).status).toBe(200)
    expect((await send(gateway, 'GET /prod/keyed')).status).toBe(403)
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    expect((await send(gateway, 'GET /prod/keyed', { apiKey: value })).status).toBe(200)
  })

  it('answers preflight on each path, and refuses in its own words', async () => {
    const gateway = createGateway(read().definition)
    const preflight = await send(gateway, 'OPTIONS /prod/pets')
    expect(preflight.status).toBe(200)
    expect(preflight.headers['access-control-allow-origin']).toBe('https://shop.example.com')
    expect(preflight.headers['access-control-allow-methods']).toBe('OPTIONS,POST')
    const refused = await send(gateway, 'GET /prod/secret')
    expect(refused.status).toBe(407)
    expect(refused.headers['x-why']).toBe('no token')
  })

  it('has stages and plans as its parameters and conditions have them', () => {
    const { definition } = read({ StageName: 'beta' })
    expect(definition.stages).toEqual({
      beta: {
        variables: { upstream: 'pets.example.com' },
        methods: { '*': { throttle: { rate: 10, burst: 5 } } },
      },
    })
    expect(definition.plans).toEqual({ free: { quota: { limit: 100, period: 'day' }, stages: ['beta'] } })
    expect(definition.binaryMediaTypes).toEqual(['image/png'])
  })

  it('is refused without its parameters, and with values that they may not have', () => {
    expect(() => read({})).toThrow("the parameter 'StageName' has no value")
    expect(() => read({ StageName: 'dev' })).toThrow(
      "'dev' is no value that the parameter 'StageName' may have",
    )
    expect(() => read({ StageName: 'prod', Stage: 'x' })).toThrow("the template has no parameter 'Stage'")
  })

  it('warns of functions that nobody could call, where they are named', () => {
    const { warnings } = fromCloudFormation(PETS, { parameters: { StageName: 'prod' } })
    expect(warnings).toContainEqual({
      code: 'FUNCTION_MISSING',
      pointer: '#/Resources/Find/Properties/Events/One/Properties',
      message: "nobody knows here how AWS has named the function 'Find'",
      fix: 'Give `functions: { Find: handler }`, or let it have a FunctionName.',
    })
  })

  it('makes the HTTP API that its events imply, with format 2.0', async () => {
    const template = {
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Hello: {
          Type: 'AWS::Serverless::Function',
          Properties: {
            Events: {
              Hello: { Type: 'HttpApi', Properties: { Path: '/hello/{name}', Method: 'GET' } },
              Rest: { Type: 'HttpApi' },
            },
          },
        },
      },
    }
    const Hello = (event: { readonly version: string; readonly routeKey: string }) =>
      json(200, [event.version, event.routeKey])
    const { definition, warnings } = fromCloudFormation(template, { functions: { Hello } as never })
    expect(warnings).toEqual([])
    const gateway = createGateway(definition)
    expect((await send(gateway, 'GET /hello/rex')).json()).toEqual(['2.0', 'GET /hello/{name}'])
    expect((await send(gateway, 'GET /elsewhere')).status).toBe(200)
  })
})

describe('a template given to createGateway itself', () => {
  it('is read as a document is', async () => {
    const template = {
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Hello: {
          Type: 'AWS::Serverless::Function',
          Properties: {
            FunctionName: 'hello',
            Events: { E: { Type: 'Api', Properties: { Path: '/hello', Method: 'get' } } },
          },
        },
      },
    }
    const hello = () => json(200, 'hello')
    const gateway = createGateway({ openapi: { document: template, functions: { Hello: hello } } })
    expect((await send(gateway, 'GET /Prod/hello')).json()).toBe('hello')
  })
})
