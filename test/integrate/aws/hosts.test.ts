/** Where services are: what would be sent is looked at, and goes nowhere. */
import { createGateway, route } from 'postern'
import { aws } from 'postern/aws'
import { lambda } from 'postern/lambda'
import { send } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { compileAws } from '../../../src/integrate/aws/aws.js'
import { AwsClient, originOf } from '../../../src/integrate/aws/client.js'
import type { AwsIntegration } from '../../../src/integrate/aws/types.js'
import { compileLambda } from '../../../src/integrate/lambda/lambda.js'
import { remoteFunction } from '../../../src/integrate/lambda/remote.js'
import type { LambdaIntegration } from '../../../src/integrate/lambda/types.js'
import { compileMapping } from '../../../src/integrate/mapping/mapping.js'
import { IntegrationDefinition, type IntegrationSite, type Outbound } from '../../../src/integration.js'
import { SIGNER } from './signed.js'

const KEYS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }

/** The one request that an integration sends, and for whom it is signed. */
async function sentBy(compile: (site: IntegrationSite, parts: never) => ReturnType<typeof compileAws>) {
  const sent: Outbound[] = []
  const parts = {
    compileMapping,
    signer: () => import('../../../src/integrate/aws/signer.js'),
    transport: async () => ({
      createTransport: () => async (_: unknown, outbound: Outbound) => {
        sent.push(outbound)
        return { status: 200, headers: [], body: Buffer.from('{}') }
      },
    }),
  }
  const kind = {
    type: 'aws',
    check: () => {},
    compile: (_: object, site: IntegrationSite) => compile(site, parts as never),
  }
  const variables = { bucket: 'my-photos' }
  const gateway = createGateway({
    routes: [route('GET /{proxy+}', {}, new IntegrationDefinition(kind, {}))],
    stages: { $default: { variables } },
  })
  await send(gateway, 'GET /x')
  const [outbound] = sent
  const headers = outbound?.headers ?? []
  const authorization = headers[headers.indexOf('Authorization') + 1] ?? ''
  return {
    origin: outbound?.origin,
    scope: /Credential=[^/]+\/\d+\/([^,]+)\/aws4_request/.exec(authorization)?.[1],
  }
}

describe('a service', () => {
  it.each<[string, string | { path: string }, Partial<AwsIntegration>, string, string]>([
    ['dynamodb', 'GetItem', {}, 'https://dynamodb.us-east-1.amazonaws.com', 'us-east-1/dynamodb'],
    [
      'dynamodb',
      'GetItem',
      { region: 'cn-north-1' },
      'https://dynamodb.cn-north-1.amazonaws.com.cn',
      'cn-north-1/dynamodb',
    ],
    [
      'states',
      'StartExecution',
      { region: 'eu-west-1' },
      'https://states.eu-west-1.amazonaws.com',
      'eu-west-1/states',
    ],
    [
      'states',
      'StartSyncExecution',
      { region: 'eu-west-1' },
      'https://sync-states.eu-west-1.amazonaws.com',
      'eu-west-1/states',
    ],
    ['iam', 'ListUsers', {}, 'https://iam.amazonaws.com', 'us-east-1/iam'],
    ['email', 'SendEmail', {}, 'https://email.us-east-1.amazonaws.com', 'us-east-1/ses'],
    ['s3', { path: 'bucket/key' }, {}, 'https://s3.us-east-1.amazonaws.com', 'us-east-1/s3'],
    [
      's3',
      { path: 'key' },
      { subdomain: `\${stageVariables.bucket}` },
      'https://my-photos.s3.us-east-1.amazonaws.com',
      'us-east-1/s3',
    ],
    [
      'data.iot',
      { path: 'topics/a' },
      {},
      'https://data-ats.iot.us-east-1.amazonaws.com',
      'us-east-1/iotdata',
    ],
    [
      'iotdata',
      { path: 'topics/a' },
      { subdomain: 'a1b2c3-ats' },
      'https://a1b2c3-ats.iot.us-east-1.amazonaws.com',
      'us-east-1/iotdata',
    ],
    ['snowball', { path: '/' }, {}, 'https://snowball.us-east-1.amazonaws.com', 'us-east-1/snowball'],
    [
      'dynamodb',
      'GetItem',
      { endpoint: 'http://localhost:8000' },
      'http://localhost:8000',
      'us-east-1/dynamodb',
    ],
    [
      's3',
      { path: 'key' },
      { endpoint: 'http://localhost:9000', subdomain: 'a' },
      'http://a.localhost:9000',
      'us-east-1/s3',
    ],
  ])('%s, asked for %j, %j, is at %s', async (service, action, options, origin, scope) => {
    const integration = { service, action, credentials: SIGNER, ...options }
    expect(await sentBy((site, parts) => compileAws(integration, site, parts))).toEqual({ origin, scope })
  })

  it('has a signature of the credentials that are given', async () => {
    const temporary = { ...SIGNER, sessionToken: 'token' }
    const integration = { service: 's3', action: { path: 'a' }, credentials: async () => temporary }
    expect((await sentBy((site, parts) => compileAws(integration, site, parts))).scope).toBe('us-east-1/s3')
  })
})

describe('a function', () => {
  it.each<[string, Partial<LambdaIntegration>, string, string]>([
    [
      'arn:aws:lambda:eu-central-1:123456789012:function:pets',
      {},
      'https://lambda.eu-central-1.amazonaws.com',
      'eu-central-1/lambda',
    ],
    [
      'arn:aws-cn:lambda:cn-north-1:123456789012:function:pets',
      {},
      'https://lambda.cn-north-1.amazonaws.com.cn',
      'cn-north-1/lambda',
    ],
    [
      'arn:aws:lambda:eu-central-1:123456789012:function:pets',
      { region: 'eu-west-1' },
      'https://lambda.eu-west-1.amazonaws.com',
      'eu-west-1/lambda',
    ],
    [
      'arn:aws:lambda:eu-central-1:123456789012:function:pets',
      { endpoint: 'http://localhost:3001/' },
      'http://localhost:3001',
      'eu-central-1/lambda',
    ],
  ])('%s, with %j, is at %s', async (target, options, origin, scope) => {
    const integration: LambdaIntegration = { target, credentials: SIGNER, ...options }
    const found = await sentBy((site, parts) =>
      compileLambda(integration, site, {
        compileMapping,
        remote: (own, at) =>
          remoteFunction(own, at, {
            originOf,
            connect: (client, where) => new AwsClient(client, where, parts),
          }),
      }),
    )
    expect(found).toEqual({ origin, scope })
  })
})

describe('a stage variable in the path of a service', () => {
  it.each(['', '..', 'a/../b', 'a?b', 'a#b', '{key}', undefined])(
    'that is %j has the route refused',
    async (bucket) => {
      const said: unknown[] = []
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is written so
      const path = '${stageVariables.bucket}/{key}'
      const endpoint = 'http://127.0.0.1:1'
      const gateway = createGateway({
        region: 'eu-central-1',
        routes: [route('GET /s/{key+}', {}, aws('s3', { path }, { endpoint, credentials: KEYS }))],
        stages: { $default: { variables: { bucket: 'mine' } } },
        onError: (error) => said.push(error),
      })
      await gateway.control.updateStage('$default', { variables: bucket === undefined ? {} : { bucket } })
      expect((await send(gateway, 'GET /s/other-bucket/file')).status).toBe(500)
      expect(String(said[0])).toContain(`'${bucket ?? ''}' is nothing that 'bucket' can be in the path`)
    },
  )
})

describe('a stage variable in the ARN of a function', () => {
  it('that is gone has the route refused', async () => {
    const said: unknown[] = []
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is written so
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:${stageVariables.fn}-x'
    const gateway = createGateway({
      routes: [route('GET /s', {}, lambda(arn, { endpoint: 'http://127.0.0.1:1', credentials: KEYS }))],
      stages: { $default: { variables: { fn: 'mine' } } },
      onError: (error) => said.push(error),
    })
    await gateway.control.updateStage('$default', { variables: {} })
    expect((await send(gateway, 'GET /s')).status).toBe(500)
    expect(String(said[0])).toContain('stageVariables.fn}-x')
  })
})

describe('a subdomain before an endpoint without a name', () => {
  it('is told of, with what would be right', async () => {
    const said: unknown[] = []
    const options = { endpoint: 'http://127.0.0.1:4566', subdomain: 'mine', credentials: KEYS }
    const gateway = createGateway({
      region: 'eu-central-1',
      routes: [route('GET /s', {}, aws('s3', { path: 'k' }, options))],
      onError: (error) => said.push(error),
    })
    expect((await send(gateway, 'GET /s')).status).toBe(500)
    expect(String(said[0])).toContain('there is no http://mine.127.0.0.1:4566')
  })
})
