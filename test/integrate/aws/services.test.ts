/** AWS services: an endpoint that verifies each signature stands for AWS's own. */
import { createServer } from 'node:http'
import {
  type Answer,
  answer as answering,
  createGateway,
  type ExchangeRecord,
  type GatewayDefinition,
  route,
} from 'postern'
import { type AwsOptions, type AwsPath, aws } from 'postern/aws'
import { toNode } from 'postern/node'
import { send } from 'postern/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { open, pause, serve, wire } from '../../sockets.js'
import { endpoint, type Reply, SIGNER, type Verified } from './signed.js'

const JSON_TYPE = 'application/json'

async function service(
  name: string,
  action: string | AwsPath,
  reply: (request: Verified) => Reply,
  options: AwsOptions = {},
  pattern: Parameters<typeof route>[0] = 'ANY /{proxy+}',
  definition: Partial<GatewayDefinition> = {},
) {
  const server = await endpoint(reply)
  const errors: unknown[] = []
  const records: ExchangeRecord[] = []
  const integration = aws(name, action, { endpoint: server.url, credentials: SIGNER, ...options })
  const gateway = createGateway({
    routes: [route(pattern, {}, integration)],
    onError: (error) => errors.push(error),
    onRecord: (record) => records.push(record),
    ...definition,
  })
  onTestFinished(() => gateway.close())
  return { gateway, got: server.got, errors, records }
}

const ok =
  (body: string, headers: Readonly<Record<string, string>> = {}) =>
  () => ({ status: 200, headers, body })

describe('a service of JSON', () => {
  it.each<[string, string, AwsOptions, string, string, string]>([
    ['dynamodb', 'GetItem', {}, 'DynamoDB_20120810.GetItem', '1.0', 'dynamodb'],
    ['states', 'StartExecution', {}, 'AWSStepFunctions.StartExecution', '1.0', 'states'],
    ['stepfunctions', 'StartExecution', {}, 'AWSStepFunctions.StartExecution', '1.0', 'states'],
    ['sqs', 'SendMessage', {}, 'AmazonSQS.SendMessage', '1.0', 'sqs'],
    ['events', 'PutEvents', {}, 'AWSEvents.PutEvents', '1.1', 'events'],
    ['kinesis', 'PutRecord', {}, 'Kinesis_20131202.PutRecord', '1.1', 'kinesis'],
    ['logs', 'PutLogEvents', {}, 'Logs_20140328.PutLogEvents', '1.1', 'logs'],
    ['streams.dynamodb', 'GetRecords', {}, 'DynamoDBStreams_20120810.GetRecords', '1.0', 'dynamodb'],
    [
      'snowball',
      'ListJobs',
      { target: 'AWSIESnowballJobManagementService' },
      'AWSIESnowballJobManagementService.ListJobs',
      '1.1',
      'snowball',
    ],
    [
      'swf',
      'ListDomains',
      { target: 'SimpleWorkflowService', jsonVersion: '1.0', signingName: 'workflow' },
      'SimpleWorkflowService.ListDomains',
      '1.0',
      'workflow',
    ],
  ])('%s is asked for %s', async (name, action, options, target, version, signed) => {
    const { gateway, got } = await service(
      name,
      action,
      ok('{"done":true}', { 'content-type': `application/x-amz-json-${version}` }),
      options,
    )
    const answer = await send(gateway, 'POST /x', { json: { a: 1 } })
    expect([answer.status, answer.json(), answer.headers['content-type']]).toEqual([
      200,
      { done: true },
      JSON_TYPE,
    ])
    expect(got).toMatchObject([
      {
        method: 'POST',
        target: '/',
        service: signed,
        region: 'us-east-1',
        headers: { 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` },
      },
    ])
    expect(got[0]?.body.toString()).toBe('{"a":1}')
  })

  it('is in the region of the definition, or in one of its own', async () => {
    const own = await service('dynamodb', 'GetItem', ok('{}'), { region: 'eu-west-1' }, 'ANY /{proxy+}', {
      region: 'eu-central-1',
    })
    await send(own.gateway, 'GET /x')
    const its = await service('dynamodb', 'GetItem', ok('{}'), {}, 'ANY /{proxy+}', {
      region: 'eu-central-1',
    })
    await send(its.gateway, 'GET /x')
    expect([own.got[0]?.region, its.got[0]?.region]).toEqual(['eu-west-1', 'eu-central-1'])
    expect(its.got[0]?.body.toString()).toBe('{}')
  })

  it('is asked by templates, and its answer mapped by them', async () => {
    const { gateway, got } = await service(
      'dynamodb',
      'GetItem',
      ok('{"Item":{"id":{"S":"7"},"name":{"S":"Rex"}}}'),
      {
        request: {
          templates: { [JSON_TYPE]: '{"TableName": "pets", "Key": {"id": {"S": "$input.params(\'id\')"}}}' },
        },
        responses: [
          { statusCode: 200, templates: { [JSON_TYPE]: '{"name": "$input.path(\'$.Item.name.S\')"}' } },
        ],
      },
      'GET /pets/{id}',
    )
    expect((await send(gateway, 'GET /pets/7')).json()).toEqual({ name: 'Rex' })
    expect(JSON.parse(String(got[0]?.body))).toEqual({ TableName: 'pets', Key: { id: { S: '7' } } })
  })

  it('has its errors chosen by their status', async () => {
    const failing = () => ({
      status: 400,
      body: '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}',
    })
    const mapped = await service('dynamodb', 'PutItem', failing, {
      responses: [
        { statusCode: 200 },
        {
          selectionPattern: '4\\d{2}',
          statusCode: 409,
          templates: { [JSON_TYPE]: '{"why": "$input.path(\'$.message\')"}' },
        },
      ],
    })
    const answer = await send(mapped.gateway, 'POST /x', { json: {} })
    expect([answer.status, answer.json()]).toEqual([409, { why: 'The conditional request failed' }])
    // Where nothing is mapped, it is passed on.
    const passed = await service('dynamodb', 'PutItem', failing)
    expect((await send(passed.gateway, 'POST /x', { json: {} })).status).toBe(400)
  })

  it('may be mapped by code', async () => {
    const { gateway } = await service(
      'dynamodb',
      'GetItem',
      ({ body }) => ({
        status: 200,
        body: JSON.parse(String(body)).Key.id.S === '7' ? '{"Item":{"name":{"S":"Rex"}}}' : '{}',
      }),
      {
        request: ({ params }) => ({ body: { TableName: 'pets', Key: { id: { S: params.id } } } }),
        responses: ({ body }): unknown =>
          JSON.parse(Buffer.from(body).toString()).Item ?? (answering(404) as Answer),
      },
      'GET /pets/{id}',
    )
    expect((await send(gateway, 'GET /pets/7')).json()).toEqual({ name: { S: 'Rex' } })
    expect((await send(gateway, 'GET /pets/8')).status).toBe(404)
  })

  it('that refuses the gateway is a configuration error, of which callers are told nothing', async () => {
    const message =
      'User: arn:aws:iam::123456789012:user/gateway is not authorized to perform: dynamodb:GetItem'
    const { gateway, errors, records } = await service('dynamodb', 'GetItem', () => ({
      status: 403,
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
      body: JSON.stringify({ message }),
    }))
    const answer = await send(gateway, 'GET /x')
    expect([answer.status, answer.json()]).toEqual([500, { message: 'Internal server error' }])
    expect(records[0]?.detail).toBe(`AWS answered 403 AccessDeniedException: ${JSON.stringify({ message })}`)
    expect(errors).toHaveLength(1)
  })

  it('is never told by a caller what to do, or by whom it is asked', async () => {
    const { gateway, got } = await service('dynamodb', 'GetItem', ok('{}'), {
      request: {
        parameters: {
          'integration.request.header.x-own': 'method.request.header.x-own',
          'integration.request.querystring.q': 'method.request.querystring.q',
        },
      },
    })
    await send(gateway, 'POST /x?q=1%262', {
      json: {},
      headers: {
        'x-own': 'yes',
        'x-amz-target': 'DynamoDB_20120810.DeleteTable',
        authorization: 'mine',
        'x-amz-security-token': 'mine',
      },
    })
    expect(got[0]?.headers).toMatchObject({ 'x-amz-target': 'DynamoDB_20120810.GetItem', 'x-own': 'yes' })
    expect(got[0]?.headers).not.toHaveProperty('x-amz-security-token')
    expect(got[0]?.target).toBe('/?q=1%262')
    const refused = await send(gateway, 'POST /x', { json: {}, headers: { 'x-own': 'Räx' } })
    expect(refused.status).toBe(400)
    expect(got).toHaveLength(1)
  })
})

describe('a service of queries', () => {
  const XML = '<PublishResponse><MessageId>1</MessageId></PublishResponse>'
  const formOf = ({ body }: Verified) => [...new URLSearchParams(body.toString())]

  it('is asked by a form, of the mapped query', async () => {
    const { gateway, got } = await service('sns', 'Publish', ok(XML, { 'content-type': 'text/xml' }), {
      request: {
        parameters: {
          'integration.request.querystring.TopicArn': "'arn:aws:sns:eu-central-1:123456789012:pets'",
          'integration.request.querystring.Message': 'method.request.body',
        },
        templates: { [JSON_TYPE]: '#set($none = 0)' },
      },
    })
    const answer = await send(gateway, 'POST /x', { json: { name: 'Räx & co' } })
    expect([answer.text(), answer.headers['content-type']]).toEqual([XML, 'text/xml'])
    expect(got).toMatchObject([
      {
        method: 'POST',
        target: '/',
        service: 'sns',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', accept: JSON_TYPE },
      },
    ])
    expect(got.map(formOf)[0]).toEqual([
      ['Action', 'Publish'],
      ['Version', '2010-03-31'],
      ['TopicArn', 'arn:aws:sns:eu-central-1:123456789012:pets'],
      ['Message', '{"name":"Räx & co"}'],
    ])
  })

  it('takes a form that a template makes, and keeps its own action', async () => {
    const { gateway, got } = await service('sqs', 'SendMessage', ok('{}'), {
      apiVersion: '2012-11-05',
      request: {
        parameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
        templates: { [JSON_TYPE]: 'Action=PurgeQueue&MessageBody=$util.urlEncode($input.body)' },
      },
    })
    await send(gateway, 'POST /x', { json: { a: '&Action=DeleteQueue' } })
    expect(got.map(formOf)[0]).toEqual([
      ['Action', 'SendMessage'],
      ['Version', '2012-11-05'],
      ['MessageBody', '{"a":"&Action=DeleteQueue"}'],
    ])
  })

  it('has no caller’s action, version or key in its form', async () => {
    const { gateway, got } = await service('sts', 'GetCallerIdentity', ok('{}'))
    const form =
      'Action=AssumeRole&action=x&Version=1&AWSAccessKeyId=mine&X-Amz-Signature=1&Signature=2&Tag=3'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await send(gateway, 'POST /x', { headers, body: form })
    expect(got.map(formOf)[0]).toEqual([
      ['Action', 'GetCallerIdentity'],
      ['Version', '2011-06-15'],
      ['Tag', '3'],
    ])
  })

  it('takes no other body', async () => {
    const { gateway, got, records } = await service('sns', 'Publish', ok('{}'))
    expect((await send(gateway, 'POST /x', { json: { Message: 'hello' } })).status).toBe(415)
    expect(records[0]?.detail).toBe(
      'the service takes forms: map the request to application/x-www-form-urlencoded, or to its query',
    )
    expect(got).toEqual([])
  })

  it('may be asked by GET', async () => {
    const { gateway, got } = await service('sts', 'GetCallerIdentity', ok('{}'), { method: 'GET' })
    await send(gateway, 'GET /x')
    expect(got[0]).toMatchObject({ method: 'GET', target: '/?Action=GetCallerIdentity&Version=2011-06-15' })
  })
})

describe('a service by its path', () => {
  const path = (
    text: string,
    options: AwsOptions = {},
    pattern: Parameters<typeof route>[0] = 'ANY /photos/{key+}',
  ) =>
    service(
      's3',
      { path: text },
      ok('photo', { 'content-type': 'image/png', etag: '"1"', 'x-amz-id-2': 'secret', server: 'AmazonS3' }),
      options,
      pattern,
    )

  it('is asked for what the route’s parameters say, by the caller’s method', async () => {
    const { gateway, got } = await path('my-photos/{key}')
    const answer = await send(gateway, 'GET /photos/a%20b/%C3%A4%2Bc/d%2Fe.png')
    expect([answer.status, answer.text()]).toEqual([200, 'photo'])
    expect(answer.headers).toMatchObject({ 'content-type': 'image/png', etag: '"1"', 'content-length': '5' })
    expect(answer.headers).not.toHaveProperty('x-amz-id-2')
    expect(answer.headers).not.toHaveProperty('server')
    expect(got[0]).toMatchObject({
      method: 'GET',
      service: 's3',
      target: '/my-photos/a%20b/%C3%A4%2Bc/d/e.png',
    })
    expect(got[0]?.headers['x-amz-content-sha256']).toMatch(/^[\da-f]{64}$/)
  })

  it('gets bytes as they are', async () => {
    const { gateway, got } = await path('my-photos/{key}', { method: 'PUT' })
    const bytes = Buffer.from([0x89, 0x50, 0xff, 0x00])
    await send(gateway, 'POST /photos/a.png', { body: bytes, headers: { 'content-type': 'image/png' } })
    expect(got[0]).toMatchObject({ method: 'PUT', headers: { 'content-type': 'image/png' } })
    expect(got[0]?.body.equals(bytes)).toBe(true)
  })

  it('has values of one segment encoded as one, and those that are to be more in segments', async () => {
    const one = await path('bucket/{id}/x', {}, 'GET /a/{id}')
    await send(one.gateway, 'GET /a/b%2Fc')
    expect(one.got[0]?.target).toBe('/bucket/b%2Fc/x')
    const more = await path('bucket/{id+}/x', {}, 'GET /a/{id}')
    await send(more.gateway, 'GET /a/b%2Fc')
    expect(more.got[0]?.target).toBe('/bucket/b/c/x')
  })

  it.each(['..', '.', '../other-bucket/secret', 'a/../../b', ''])('has no %j in its path', async (value) => {
    for (const text of ['bucket/{key}', 'bucket/{key+}']) {
      const { gateway, got, records } = await path(
        text,
        { request: { parameters: { 'integration.request.path.key': 'method.request.querystring.key' } } },
        'GET /x',
      )
      const answer = await send(gateway, `GET /x?key=${encodeURIComponent(value)}`)
      expect(answer.status).toBe(400)
      expect(records[0]?.detail).toContain("is no value for {key} of the integration's path")
      expect(got).toEqual([])
    }
  })

  it('may have a query, its own and a mapped one', async () => {
    const { gateway, got } = await path(
      'bucket?list-type=2',
      {
        request: {
          parameters: { 'integration.request.querystring.prefix': 'method.request.querystring.prefix' },
        },
      },
      'GET /list',
    )
    await send(gateway, 'GET /list?prefix=a%26list-type%3D1')
    expect(got[0]?.target).toBe('/bucket?list-type=2&prefix=a%26list-type%3D1')
  })

  it('may have a subdomain, and variables of the stage', async () => {
    const server = await endpoint(ok('photo'))
    const local = server.url.replace('127.0.0.1', 'localhost')
    const integration = aws(
      's3',
      { path: `\${stageVariables.folder}/{key}` },
      { endpoint: local, subdomain: `\${stageVariables.bucket}`, credentials: SIGNER },
    )
    const gateway = createGateway({
      routes: [route('GET /{key+}', {}, integration)],
      stages: {
        prod: { variables: { bucket: 'my-photos', folder: 'a b' } },
        bad: { variables: { bucket: 'x/', folder: '' } },
      },
      onError: () => {},
    })
    // Where names below localhost are not known, the request does not arrive; where it goes to is seen all the same.
    const answer = await send(gateway, 'GET /prod/c.png')
    if (answer.status === 200) {
      expect(server.got[0]).toMatchObject({
        target: '/a%20b/c.png',
        headers: { host: `my-photos.localhost:${server.port}` },
      })
    } else expect(answer.status).toBe(504)
    expect((await send(gateway, 'GET /bad/c.png')).status).toBe(500)
  })

  it('passes large answers on as they are read', async () => {
    let written = 0
    const upstream = await serve(
      createServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 2_000 * 65_536 })
        const write = () => {
          while (written < 2_000) {
            written++
            if (!res.write(Buffer.alloc(65_536))) return void res.once('drain', write)
          }
          res.end()
        }
        write()
      }),
    )
    const integration = aws('s3', { path: 'bucket/film' }, { endpoint: upstream.url, credentials: SIGNER })
    const gateway = createGateway({ routes: [route('GET /film', {}, integration)] })
    onTestFinished(() => gateway.close())
    const { port } = await serve(toNode(gateway))
    const socket = await open(port)
    socket.write(wire('GET /film').replace('127.0.0.1', 'localhost'))
    await new Promise((resolve) => socket.once('readable', resolve))
    await pause(200)
    const before = written
    expect(before).toBeLessThan(1_000)
    await pause(50)
    expect(written).toBe(before)
  })

  it('that denies a part of it denies it, and callers are told no more', async () => {
    const body =
      '<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/x is not authorized</Message></Error>'
    const { gateway, records, errors } = await service(
      's3',
      { path: 'bucket/{key}' },
      () => ({ status: 403, body }),
      {},
      'GET /{key}',
    )
    const answer = await send(gateway, 'GET /none')
    expect([answer.status, answer.json()]).toEqual([403, { message: 'Forbidden' }])
    expect([records[0]?.detail, errors]).toEqual([`AWS answered 403: ${body}`, []])
  })

  it('tells the length of what HEAD does not send', async () => {
    const { gateway, got } = await path('my-photos/{key}')
    const answer = await send(gateway, 'HEAD /photos/a.png')
    expect([answer.status, got[0]?.method]).toEqual([200, 'HEAD'])
  })
})

describe('Step Functions', () => {
  const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:pets'
  const EXECUTION = 'arn:aws:states:us-east-1:123456789012:express:pets:1'

  /** Small and faithful: what is sent is checked, and what comes back is as Step Functions has it. */
  function states({ headers, body }: Verified): Reply {
    const { stateMachineArn, input } = JSON.parse(body.toString())
    const [, action] = String(headers['x-amz-target']).split('.')
    if (stateMachineArn !== MACHINE) {
      const error = {
        __type: 'StateMachineDoesNotExist',
        message: `State Machine Does Not Exist: '${stateMachineArn}'`,
      }
      return { status: 400, body: JSON.stringify(error) }
    }
    const startDate = 1735689600.123
    if (action === 'StartExecution')
      return { status: 200, body: JSON.stringify({ executionArn: EXECUTION, startDate }) }
    const { name } = JSON.parse(input)
    const failed = name === undefined
    const result = failed
      ? { status: 'FAILED', error: 'NoName', cause: 'a pet has a name' }
      : { status: 'SUCCEEDED', output: JSON.stringify({ greeting: `Hello ${name}` }) }
    return { status: 200, body: JSON.stringify({ executionArn: EXECUTION, startDate, ...result }) }
  }

  const request = {
    templates: {
      [JSON_TYPE]: `{"stateMachineArn": "${MACHINE}", "input": "$util.escapeJavaScript($input.json('$'))"}`,
    },
  }

  it('start an execution', async () => {
    const { gateway } = await service('states', 'StartExecution', states, {
      request,
      responses: [{ statusCode: 202 }],
    })
    const answer = await send(gateway, 'POST /pets', { json: { name: 'Rex' } })
    expect([answer.status, answer.json()]).toEqual([
      202,
      { executionArn: EXECUTION, startDate: 1735689600.123 },
    ])
  })

  it('run one, and answer with its result', async () => {
    const { gateway, got } = await service('states', 'StartSyncExecution', states, {
      request,
      responses: ({ body }): unknown => {
        const { status, output, cause } = JSON.parse(Buffer.from(body).toString())
        return status === 'SUCCEEDED' ? JSON.parse(output) : answering(422, { cause })
      },
    })
    expect((await send(gateway, 'POST /pets', { json: { name: 'Rex "the" dog' } })).json()).toEqual({
      greeting: 'Hello Rex "the" dog',
    })
    const failed = await send(gateway, 'POST /pets', { json: {} })
    expect([failed.status, failed.json()]).toEqual([422, { cause: 'a pet has a name' }])
    expect(got[0]?.headers['x-amz-target']).toBe('AWSStepFunctions.StartSyncExecution')
  })

  it('run one, by templates', async () => {
    const { gateway } = await service('states', 'StartSyncExecution', states, {
      request,
      responses: [
        {
          statusCode: 200,
          templates: {
            [JSON_TYPE]: `#if($input.path('$.status') == "SUCCEEDED")$input.path('$.output')#else
#set($context.responseOverride.status = 422){"cause": "$input.path('$.cause')"}#end`,
          },
        },
      ],
    })
    expect((await send(gateway, 'POST /pets', { json: { name: 'Rex' } })).json()).toEqual({
      greeting: 'Hello Rex',
    })
    const failed = await send(gateway, 'POST /pets', { json: {} })
    expect([failed.status, failed.json()]).toEqual([422, { cause: 'a pet has a name' }])
  })
})
