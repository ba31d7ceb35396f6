// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are written so in templates
/** What stands beside an API in a template: its domains, its documentation, its policy. */
import { createGateway } from 'postern'
import { fromCloudFormation } from 'postern/openapi'
import { describe, expect, it } from 'vitest'
import { send } from '../../../src/testing.js'

const REST = 'AWS::ApiGateway'
const HTTP = 'AWS::ApiGatewayV2'
const ApiId = { Ref: 'Pets' }
const RestApiId = ApiId

const read = (Resources: object, options = {}) => fromCloudFormation({ Resources }, options)

/** An HTTP API whose one route is answered by a function. */
const httpApi = {
  Pets: { Type: `${HTTP}::Api`, Properties: { Name: 'Pets', ProtocolType: 'HTTP' } },
  Prod: { Type: `${HTTP}::Stage`, Properties: { ApiId, StageName: 'prod' } },
  Find: {
    Type: `${HTTP}::Route`,
    Properties: { ApiId, RouteKey: 'GET /pets/{petId}', Target: { 'Fn::Sub': 'integrations/${Function}' } },
  },
  Function: {
    Type: `${HTTP}::Integration`,
    Properties: {
      ApiId,
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: 'arn:aws:lambda:eu-west-1:123456789012:function:pets',
    },
  },
}

/** A REST API that answers by itself. */
const restApi = (properties: object = {}) => ({
  Pets: { Type: `${REST}::RestApi`, Properties: { Name: 'Pets', ...properties } },
  List: {
    Type: `${REST}::Method`,
    Properties: {
      RestApiId,
      ResourceId: { 'Fn::GetAtt': ['Pets', 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{"statusCode": 200}' },
        IntegrationResponses: [{ StatusCode: 200, ResponseTemplates: { 'application/json': '"listed"' } }],
      },
      MethodResponses: [{ StatusCode: 200 }],
    },
  },
  Live: { Type: `${REST}::Deployment`, DependsOn: 'List', Properties: { RestApiId } },
  Prod: {
    Type: `${REST}::Stage`,
    Properties: { RestApiId, DeploymentId: { Ref: 'Live' }, StageName: 'prod' },
  },
})

const functions = {
  'arn:aws:lambda:eu-west-1:123456789012:function:pets': () => ({ statusCode: 200, body: 'Rex' }),
}

describe('domains', () => {
  it('lead to a stage of an HTTP API by ApiMapping', async () => {
    const { definition } = read(
      {
        ...httpApi,
        Name: { Type: `${HTTP}::DomainName`, Properties: { DomainName: 'api.acme.com' } },
        Mapping: {
          Type: `${HTTP}::ApiMapping`,
          Properties: {
            ApiId,
            DomainName: { Ref: 'Name' },
            Stage: { Ref: 'Prod' },
            ApiMappingKey: 'shop/v1',
          },
        },
      },
      { functions },
    )
    expect(definition.domains).toEqual({ 'api.acme.com': { 'shop/v1': 'prod' } })
    const gateway = createGateway(definition)
    const asked = (path: string) => send(gateway, `GET ${path}`, { headers: { host: 'api.acme.com' } })
    expect((await asked('/shop/v1/pets/7')).text()).toBe('Rex')
    expect((await asked('/shop/pets/7')).status).toBe(404)
  })

  it('lead to a stage of a REST API by BasePathMapping', async () => {
    const { definition } = read({
      ...restApi(),
      Name: { Type: `${REST}::DomainName`, Properties: { DomainName: 'api.acme.com' } },
      Mapping: {
        Type: `${REST}::BasePathMapping`,
        Properties: { RestApiId, DomainName: { Ref: 'Name' }, Stage: { Ref: 'Prod' } },
      },
    })
    expect(definition.domains).toEqual({ 'api.acme.com': { '': 'prod' } })
    const host = { headers: { host: 'api.acme.com' } }
    expect((await send(createGateway(definition), 'GET /', host)).json()).toBe('listed')
  })

  it('lead to no stage that is not there', () => {
    const mapping = { RestApiId, DomainName: 'api.acme.com', Stage: 'beta' }
    const template = { ...restApi(), Mapping: { Type: `${REST}::BasePathMapping`, Properties: mapping } }
    expect(() => read(template)).toThrow(/'beta' is no stage that requests could be led to/)
  })

  it('are made by SAM, with a base path for each', () => {
    const Domain = {
      DomainName: 'api.acme.com',
      CertificateArn: 'arn:aws:acm:1',
      BasePath: ['/shop', 'pets'],
    }
    const { definition } = fromCloudFormation({
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Shop: { Type: 'AWS::Serverless::Api', Properties: { StageName: 'prod', Domain } },
        Find: {
          Type: 'AWS::Serverless::Function',
          Properties: {
            Handler: 'index.handler',
            Runtime: 'nodejs20.x',
            CodeUri: '.',
            Events: {
              Get: { Type: 'Api', Properties: { RestApiId: { Ref: 'Shop' }, Path: '/pets', Method: 'get' } },
            },
          },
        },
      },
    })
    expect(definition.domains).toEqual({ 'api.acme.com': { shop: 'prod', pets: 'prod' } })
  })
})

describe('an HTTP API with a target of its own', () => {
  const quick = (properties: object) =>
    read(
      { Pets: { Type: `${HTTP}::Api`, Properties: { Name: 'Pets', ProtocolType: 'HTTP', ...properties } } },
      { functions },
    )

  it('answers everything by its function', async () => {
    const { definition } = quick({ Target: 'arn:aws:lambda:eu-west-1:123456789012:function:pets' })
    const gateway = createGateway(definition)
    expect((await send(gateway, 'POST /any/thing')).text()).toBe('Rex')
  })

  it('has a stage that a domain can lead to', async () => {
    const Target = 'arn:aws:lambda:eu-west-1:123456789012:function:pets'
    const { definition } = read(
      {
        Pets: { Type: `${HTTP}::Api`, Properties: { Name: 'Pets', ProtocolType: 'HTTP', Target } },
        Mapping: {
          Type: `${HTTP}::ApiMapping`,
          Properties: { ApiId, DomainName: 'api.acme.com', Stage: '$default' },
        },
      },
      { functions },
    )
    expect(definition.domains).toEqual({ 'api.acme.com': { '': '$default' } })
    const host = { headers: { host: 'api.acme.com' } }
    expect((await send(createGateway(definition), 'GET /any/thing', host)).text()).toBe('Rex')
  })

  it('answers its one route by a URL', () => {
    const { definition } = quick({ Target: 'https://pets.acme.com/all', RouteKey: 'GET /pets' })
    expect(definition.routes.map(({ pattern }) => pattern)).toEqual(['GET /pets'])
    expect(definition.routes[0]?.integration?.options).toMatchObject({ url: 'https://pets.acme.com/all' })
  })
})

describe('beside a REST API', () => {
  it('its policy says who may call it, by whichever name it has there', async () => {
    const Policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'execute-api:Invoke',
          Resource: { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*/prod/*' },
          Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
        },
      ],
    }
    const { definition } = read(restApi({ Policy }))
    const gateway = createGateway(definition)
    expect((await send(gateway, 'GET /prod', { sourceIp: '192.0.2.7' })).status).toBe(200)
    expect((await send(gateway, 'GET /prod', { sourceIp: '198.51.100.7' })).status).toBe(403)
  })

  it('its documentation is that of the API and of what it is of', () => {
    const part = (Location: object, Properties: object) => ({
      Type: `${REST}::DocumentationPart`,
      Properties: { RestApiId, Location, Properties: JSON.stringify(Properties) },
    })
    const { definition, warnings } = read({
      ...restApi(),
      Api: part({ Type: 'API' }, { info: { description: 'All pets' } }),
      Method: part({ Type: 'METHOD', Path: '/', Method: 'GET' }, { summary: 'Lists them' }),
      Version: {
        Type: `${REST}::DocumentationVersion`,
        Properties: { RestApiId, DocumentationVersion: '1' },
      },
    })
    expect(warnings).toEqual([])
    expect(JSON.stringify(definition.docs)).toContain('All pets')
    expect(JSON.stringify(definition)).toContain('Lists them')
  })
})
