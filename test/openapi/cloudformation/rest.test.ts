// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are written so in templates
import { createGateway } from 'postern'
import { fromCloudFormation } from 'postern/openapi'
import { describe, expect, it } from 'vitest'
import { send } from '../../../src/testing.js'

const GATEWAY = 'AWS::ApiGateway'
const RestApiId = { Ref: 'Shop' }

/** A pet shop, written out resource by resource. */
const shop = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    Shop: {
      Type: `${GATEWAY}::RestApi`,
      Properties: { Name: 'Pet shop', MinimumCompressionSize: 1024, ApiKeySourceType: 'HEADER' },
    },
    Pets: {
      Type: `${GATEWAY}::Resource`,
      Properties: { RestApiId, ParentId: { 'Fn::GetAtt': ['Shop', 'RootResourceId'] }, PathPart: 'pets' },
    },
    Pet: {
      Type: `${GATEWAY}::Resource`,
      Properties: { RestApiId, ParentId: { Ref: 'Pets' }, PathPart: '{petId}' },
    },
    Strict: {
      Type: `${GATEWAY}::RequestValidator`,
      Properties: { RestApiId, ValidateRequestBody: true, ValidateRequestParameters: true },
    },
    PetModel: {
      Type: `${GATEWAY}::Model`,
      Properties: {
        RestApiId,
        ContentType: 'application/json',
        Name: 'Pet',
        Schema: {
          type: 'object',
          required: ['kind'],
          properties: { kind: { $ref: 'https://apigateway.amazonaws.com/restapis/abc/models/Kind' } },
        },
      },
    },
    KindModel: {
      Type: `${GATEWAY}::Model`,
      Properties: { RestApiId, Name: 'Kind', Schema: '{"type":"string","enum":["dog","cat"]}' },
    },
    List: {
      Type: `${GATEWAY}::Method`,
      Properties: {
        RestApiId,
        ResourceId: { Ref: 'Pets' },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        ApiKeyRequired: 'true',
        RequestValidatorId: { Ref: 'Strict' },
        RequestParameters: { 'method.request.querystring.kind': true },
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{"statusCode": 200}' },
          IntegrationResponses: [
            {
              StatusCode: 200,
              ResponseTemplates: {
                'application/json': {
                  'Fn::Sub': '{"of": "${AWS::Region}", "kind": "$input.params(\'kind\')"}',
                },
              },
            },
          ],
        },
        MethodResponses: [{ StatusCode: 200 }],
      },
    },
    Create: {
      Type: `${GATEWAY}::Method`,
      Properties: {
        RestApiId,
        ResourceId: { Ref: 'Pets' },
        HttpMethod: 'POST',
        AuthorizationType: 'NONE',
        RequestValidatorId: { Ref: 'Strict' },
        RequestModels: { 'application/json': { Ref: 'PetModel' } },
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{"statusCode": 200}' },
          IntegrationResponses: [{ StatusCode: '200' }],
        },
      },
    },
    Live: {
      Type: `${GATEWAY}::Stage`,
      Properties: {
        RestApiId,
        StageName: 'live',
        DeploymentId: { Ref: 'Deployment' },
        TracingEnabled: true,
        MethodSettings: [
          { ResourcePath: '/~1pets', HttpMethod: 'GET', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 5 },
        ],
        CanarySetting: { PercentTraffic: 10, StageVariableOverrides: { to: 'b' } },
      },
    },
    Deployment: { Type: `${GATEWAY}::Deployment`, Properties: { RestApiId } },
    Free: {
      Type: `${GATEWAY}::UsagePlan`,
      Properties: {
        UsagePlanName: 'free',
        ApiStages: [
          {
            ApiId: { Ref: 'Shop' },
            Stage: { Ref: 'Live' },
            Throttle: { '/pets/GET': { RateLimit: 1, BurstLimit: 1 } },
          },
        ],
        Quota: { Limit: 2, Period: 'MONTH' },
      },
    },
    Acme: { Type: `${GATEWAY}::ApiKey`, Properties: { Name: 'acme', Enabled: true } },
    AcmeFree: {
      Type: `${GATEWAY}::UsagePlanKey`,
      Properties: { KeyId: { Ref: 'Acme' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Free' } },
    },
    Host: { Type: `${GATEWAY}::DomainName`, Properties: { DomainName: 'api.acme.com' } },
    Mapping: {
      Type: `${GATEWAY}::BasePathMapping`,
      Properties: { RestApiId, DomainName: { Ref: 'Host' }, BasePath: 'v1', Stage: { Ref: 'Live' } },
    },
    Why: {
      Type: `${GATEWAY}::GatewayResponse`,
      Properties: { RestApiId, ResponseType: 'INVALID_API_KEY', StatusCode: '401' },
    },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Nonsense': [] } } },
  },
}

describe('a REST API that is written resource by resource', () => {
  it('serves its methods, asks for keys, and holds requests to models and parameters', async () => {
    const { definition, apiKeys } = fromCloudFormation(shop, { pseudo: { region: 'eu-central-1' } })
    const gateway = createGateway(definition)
    expect((await send(gateway, 'GET /live/pets?kind=dog')).status).toBe(401)
    expect(apiKeys).toEqual([{ name: 'acme', enabled: true, plans: ['free'] }])
    const { value: apiKey } = await gateway.control.createApiKey(apiKeys[0]!)
    const answer = await send(gateway, 'GET /live/pets?kind=dog', { apiKey })
    expect(answer.json()).toEqual({ of: 'eu-central-1', kind: 'dog' })
    expect((await send(gateway, 'GET /live/pets?kind=dog', { apiKey })).status).toBe(429)
    expect((await send(gateway, 'POST /live/pets', { json: { kind: 'dog' } })).status).toBe(200)
    expect((await send(gateway, 'POST /live/pets', { json: { kind: 'ox' } })).status).toBe(400)
  })

  it('has its stages, plans and domains in the definition', () => {
    const { definition, warnings } = fromCloudFormation(shop)
    expect(definition.stages).toEqual({
      live: {
        methods: { 'GET /pets': { throttle: { rate: 5, burst: 5 } } },
        canary: { percent: 10, variables: { to: 'b' } },
      },
    })
    expect(definition.plans).toEqual({
      free: {
        quota: { limit: 2, period: 'month' },
        stages: ['live'],
        methods: { '/pets/GET': { rate: 1, burst: 1 } },
      },
    })
    expect(definition.domains).toEqual({ 'api.acme.com': { v1: 'live' } })
    expect(definition.minimumCompressionSize).toBe(1024)
    expect(warnings).toEqual([
      {
        code: 'RESOURCE_UNSUPPORTED',
        pointer: '#/Resources/Live/Properties/TracingEnabled',
        message: "'TracingEnabled' of AWS::ApiGateway::Stage has no counterpart here",
        fix: 'Leave it to AWS.',
      },
    ])
  })

  it('tells what is wrong where it stands in the template', () => {
    const broken = structuredClone(shop)
    Object.assign(broken.Resources.Create.Properties.Integration, { Type: 'HTTP_PROXY', Uri: 'nowhere' })
    const read = () => fromCloudFormation(broken)
    expect(read).toThrow(
      "#/Resources/Create/Properties/Integration/Uri: 'nowhere' is no URL (INTEGRATION_INVALID)",
    )
  })

  it('finds no end of parents, and no body on S3', () => {
    const cyclic = structuredClone(shop)
    Object.assign(cyclic.Resources.Pets.Properties, { ParentId: { Ref: 'Pet' } })
    expect(() => fromCloudFormation(cyclic)).toThrow('has no end of parents')
    const elsewhere = {
      Resources: {
        A: { Type: `${GATEWAY}::RestApi`, Properties: { BodyS3Location: { Bucket: 'b', Key: 'k' } } },
      },
    }
    expect(() => fromCloudFormation(elsewhere)).toThrow('what lies on S3 is not fetched')
  })

  it('reads a body, with its functions, and points into it', async () => {
    const body = (uri: unknown) => ({
      Resources: {
        A: {
          Type: `${GATEWAY}::RestApi`,
          Properties: {
            Body: {
              openapi: '3.0.1',
              info: { title: 'A', version: '1' },
              paths: {
                '/a': {
                  get: {
                    responses: { 200: { description: 'fine' } },
                    'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'GET', uri },
                  },
                },
              },
            },
          },
        },
      },
      Parameters: { Host: { Type: 'String', Default: 'a.example.com' } },
    })
    const { definition } = fromCloudFormation(body({ 'Fn::Sub': 'https://${Host}/a' }))
    expect(JSON.stringify(definition.routes[0]?.integration?.options)).toContain('https://a.example.com/a')
    expect(() => fromCloudFormation(body({ 'Fn::Sub': '${Host}' }))).toThrow(
      '#/Resources/A/Properties/Body/paths/~1a/get/x-amazon-apigateway-integration/uri',
    )
  })
})

describe('an HTTP API', () => {
  const api = (ProtocolType: string) => ({
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'H', ProtocolType },
  })
  const ApiId = { Ref: 'H' }
  const template = {
    Resources: {
      H: {
        ...api('HTTP'),
        Properties: {
          ...api('HTTP').Properties,
          CorsConfiguration: { AllowOrigins: ['https://a.example.com'], MaxAge: 60 },
        },
      },
      Call: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId,
          IntegrationType: 'AWS_PROXY',
          PayloadFormatVersion: '2.0',
          IntegrationUri: { 'Fn::GetAtt': 'Hello.Arn' },
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId,
          RouteKey: 'GET /hello/{name}',
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Call' }]] },
        },
      },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: {
          ApiId,
          StageName: '$default',
          AutoDeploy: true,
          DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 9 },
        },
      },
      Hello: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'greet' } },
    },
  }

  it('calls its functions by id or by name', async () => {
    const hello = ({ pathParameters }: { readonly pathParameters: { readonly name: string } }) =>
      pathParameters
    for (const id of ['Hello', 'greet']) {
      const { definition, warnings } = fromCloudFormation(template, { functions: { [id]: hello } as never })
      expect(warnings).toEqual([])
      expect(definition.cors).toEqual({ origins: ['https://a.example.com'], maxAge: 60_000 })
      expect(definition.stages).toEqual({
        $default: { methods: { '*': { throttle: { rate: 5, burst: 9 } } } },
      })
      expect((await send(createGateway(definition), 'GET /hello/rex')).json()).toEqual({ name: 'rex' })
    }
  })

  it('is refused where it is one of WebSockets, or one of several', () => {
    expect(() => fromCloudFormation({ Resources: { S: api('WEBSOCKET') } })).toThrow("'S' is a WebSocket API")
    const two = { Resources: { A: api('HTTP'), B: api('HTTP') } }
    expect(() => fromCloudFormation(two)).toThrow('the template has several APIs: A, B')
    expect(() => fromCloudFormation(two, { api: 'C' })).toThrow("there is no API 'C' in the template")
    expect(fromCloudFormation(two, { api: 'B' }).definition.routes).toEqual([])
  })
})
