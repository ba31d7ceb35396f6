/** What is written of a definition, and what is not. */
import { describe, expect, it } from 'vitest'
import { aws } from '../../src/aws.js'
import { http } from '../../src/http.js'
import { createGateway, type GatewayDefinition, route } from '../../src/index.js'
import { lambda } from '../../src/lambda.js'
import { type ExportOptions, fromOpenApi, toOpenApi } from '../../src/openapi.js'

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:pets'

const written = (definition: unknown, options: ExportOptions = {}) =>
  toOpenApi(definition as GatewayDefinition, options)
const again = (definition: unknown, options: ExportOptions = {}) =>
  fromOpenApi(written(definition, options).text).definition
const optionsOf = (definition: ReturnType<typeof again>) => definition.routes[0]?.integration?.options

describe('a definition that is written', () => {
  it.each<[what: string, definition: object]>([
    ['parameters of a path of which nothing is asked', { routes: [route('GET /pets/{id}', {})] }],
    ['an upstream on this machine', { routes: [route('GET /', {}, http('unix:/run/pets.sock:/pets'))] }],
  ])('and read asks and answers the same: %s', (_, definition) => {
    for (const version of ['2.0', '3.0', '3.1'] as const) {
      const first = written(definition, { version })
      const read = fromOpenApi(first.text).definition
      expect(written(read, { version }).document).toEqual(first.document)
      const [{ policy: { docs: _docs, ...asked } = {} } = {}] = read.routes
      expect(asked).toEqual({})
    }
  })
})

it('a model of any other content type stays one', () => {
  const models = { 'application/json': { type: 'array' }, $default: { type: 'object', required: ['name'] } }
  const definition = { routes: [route('POST /pets', { body: { models } })] }
  for (const version of ['3.0', '3.1'] as const) {
    const read = again(definition, { version })
    expect(read.routes[0]?.policy.body).toMatchObject({ models: { $default: models.$default } })
    expect(written(read, { version }).document).toEqual(written(definition, { version }).document)
  }
  for (const options of [{ version: '2.0' }, { extensions: false }] as const) {
    expect(written(definition, options).warnings.map(({ message }) => message)).toContain(
      'the model of `$default` can be said with extensions of OpenAPI 3 only',
    )
  }
})

describe('an integration that is written', () => {
  it('takes no secrets along', () => {
    const credentials = { accessKeyId: 'AKIDGATE', secretAccessKey: 'the secret', sessionToken: 'the token' }
    const tls = { ca: '-----BEGIN CA', cert: '-----BEGIN CERT', key: '-----BEGIN PRIVATE KEY' }
    const { text, warnings } = written({
      routes: [
        route('GET /queue', {}, aws('sqs', 'SendMessage', { credentials })),
        route('GET /pets', {}, lambda(ARN, { credentials })),
        route('GET /inner', {}, http('https://pets.internal/', { tls })),
      ],
    })
    for (const secret of ['AKIDGATE', 'the secret', 'the token', 'PRIVATE KEY', 'BEGIN CERT'])
      expect(text).not.toContain(secret)
    expect(text).toContain('BEGIN CA')
    expect(warnings.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
      '#/paths/~1queue/get `credentials` of its integration is a secret, and is left out',
      '#/paths/~1pets/get `credentials` of its integration is a secret, and is left out',
      '#/paths/~1inner/get `tls.key` of its integration is a secret, and is left out',
    ])
  })

  it('calls the service in the region of the definition', () => {
    const definition = (service: string, action: string) => ({
      region: 'eu-central-1',
      routes: [route('GET /', {}, aws(service, action))],
    })
    expect(optionsOf(again(definition('sqs', 'SendMessage')))).toMatchObject({ region: 'eu-central-1' })
    expect(optionsOf(again(definition('iam', 'ListUsers')))).toMatchObject({ region: 'us-east-1' })
    const gateway = createGateway(definition('sqs', 'SendMessage') as GatewayDefinition)
    expect(toOpenApi(gateway).text).toContain('arn:aws:apigateway:eu-central-1:sqs:action/SendMessage')
  })
})

describe('a service of AWS', () => {
  it.each<[uri: string, service: string, subdomain: string | undefined]>([
    ['runtime.sagemaker:path//endpoints/pets/invocations', 'runtime.sagemaker', undefined],
    ['streams.dynamodb:action/GetRecords', 'streams.dynamodb', undefined],
    ['a1b2c3-ats.iotdata:path/topics/pets', 'iotdata', 'a1b2c3-ats'],
    ['my.bucket.s3:path/pets', 's3', 'my.bucket'],
    ['s3:path/bucket/pets', 's3', undefined],
  ])('is known by its name, which may have a dot: %s', (name, service, subdomain) => {
    const uri = `arn:aws:apigateway:eu-central-1:${name}`
    const document = {
      openapi: '3.0.3',
      info: { title: 'Pets', version: '1' },
      paths: {
        '/': { get: { 'x-amazon-apigateway-integration': { type: 'aws', uri, httpMethod: 'POST' } } },
      },
    }
    const { definition } = fromOpenApi(document)
    const { service: read, subdomain: before } = optionsOf(definition) as Record<string, unknown>
    expect([read, before]).toEqual([service, subdomain])
  })
})

describe('an authorizer of tokens that is written', () => {
  const jwt = { issuer: 'https://issuer.example.com', audience: 'pets', scopes: ['read', 'write'] }

  it('asks for the scopes that it has asked for', () => {
    const definition = {
      authorizers: { users: { jwt } },
      routes: [
        route('GET /', { authorize: 'users' }),
        route('PUT /', { authorize: { authorizer: 'users' } }),
        route('POST /', { authorize: { authorizer: 'users', scopes: ['admin'] } }),
        route('PATCH /', { authorize: { jwt: { ...jwt, audience: 'others' } } }),
      ],
    }
    for (const version of ['2.0', '3.0', '3.1'] as const) {
      const asked = again(definition, { version }).routes.map(({ policy }) => policy.authorize)
      expect(asked).toEqual([
        { authorizer: 'users', scopes: ['read', 'write'] },
        { authorizer: 'users', scopes: ['read', 'write'] },
        { authorizer: 'users', scopes: ['admin'] },
        { authorizer: 'authorizer2', scopes: ['read', 'write'] },
      ])
    }
  })

  it('says what of it cannot be said', () => {
    const own = { jwks: 'https://keys.example.com/', algorithms: ['ES256'], clockTolerance: '5s' }
    const definition = {
      authorizers: { users: { jwt: { ...jwt, ...own } } },
      routes: [route('GET /', { authorize: 'users' })],
    }
    expect(written(definition).warnings.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
      '#/components/securitySchemes/users `jwks` of an authorizer cannot be said, and is left out',
      '#/components/securitySchemes/users `algorithms` of an authorizer cannot be said, and is left out',
      '#/components/securitySchemes/users `clockTolerance` of an authorizer cannot be said, and is left out',
    ])
    expect(() => written(definition, { strict: true })).toThrow('`jwks` of an authorizer cannot be said')
  })

  it('is said by the scheme that it stands for, so that whoever reads the document asks, too', () => {
    const document = {
      openapi: '3.0.3',
      info: { title: 'Pets', version: '1' },
      paths: { '/': { get: { security: [{ users: [] }], responses: { 200: { description: 'ok' } } } } },
      components: { securitySchemes: { users: { type: 'http', scheme: 'bearer' } } },
    }
    const gateway = createGateway({ openapi: document, authorizers: { users: { jwt } } })
    const { text } = toOpenApi(gateway)
    expect(JSON.parse(text).components.securitySchemes.users).toMatchObject({
      type: 'http',
      scheme: 'bearer',
    })
    const { definition, warnings } = fromOpenApi(text)
    expect(definition.authorizers).toMatchObject({
      users: { jwt: { issuer: jwt.issuer, audience: ['pets'] } },
    })
    expect(definition.routes[0]?.policy.authorize).toEqual({ authorizer: 'users', scopes: jwt.scopes })
    expect(warnings).toEqual([])
  })
})

describe('Swagger', () => {
  it('tells of what it cannot say by pointers', () => {
    const { warnings } = written({ routes: [route('TRACE /pets/{id}', {})] }, { version: '2.0' })
    expect(warnings.map(({ pointer }) => pointer)).toEqual(['#/paths/~1pets~1{id}/trace'])
  })
})
