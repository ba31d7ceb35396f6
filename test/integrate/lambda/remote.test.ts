/** Lambda functions by their ARN: an endpoint that verifies each signature stands for AWS's. */
import type { ServerResponse } from 'node:http'
import { createGateway, type ExchangeRecord, type GatewayDefinition, route } from 'postern'
import { type LambdaOptions, type LambdaProxyEvent, lambda } from 'postern/lambda'
import { toNode } from 'postern/node'
import { send } from 'postern/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pause, serve, tell, wire } from '../../sockets.js'
import { chunk, complete, type Functions, frame, lambdaEndpoint } from '../aws/lambda.js'
import { SIGNER } from '../aws/signed.js'

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:pets'
const JSON_TYPE = 'application/json'

async function remote(
  functions: Functions,
  {
    target = ARN,
    definition = {},
    ...options
  }: LambdaOptions & {
    readonly target?: string
    readonly definition?: Partial<GatewayDefinition>
  } = {},
) {
  const aws = await lambdaEndpoint(functions)
  const errors: unknown[] = []
  const records: ExchangeRecord[] = []
  const integration = lambda(target, { endpoint: aws.url, credentials: SIGNER, ...options })
  const gateway = createGateway({
    routes: [route('ANY /{proxy+}', {}, integration)],
    onError: (error) => errors.push(error),
    onRecord: (record) => records.push(record),
    ...definition,
  })
  onTestFinished(() => gateway.close())
  return { aws, gateway, errors, records }
}

describe('a function by its ARN', () => {
  it('is called by a signed request, with the event, and answers', async () => {
    const { aws, gateway } = await remote({
      [ARN]: ({ httpMethod, path, body }: LambdaProxyEvent) => ({
        statusCode: 201,
        headers: { 'content-type': 'text/plain' },
        body: `${httpMethod} ${path} ${body}`,
      }),
    })
    const answer = await send(gateway, 'POST /pets/R%C3%A4x', { body: '!' })
    expect([answer.status, answer.text()]).toEqual([201, 'POST /pets/R%C3%A4x !'])
    expect(aws.got).toMatchObject([
      {
        method: 'POST',
        target: `/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`,
        region: 'eu-central-1',
        service: 'lambda',
        headers: { 'x-amz-invocation-type': 'RequestResponse', 'content-type': JSON_TYPE },
      },
    ])
  })

  it('is the one that a stage’s variable names', async () => {
    const { aws, gateway } = await remote(
      { [`${ARN}:live`]: () => ({ body: 'live' }), [`${ARN}:$LATEST`]: () => ({ body: 'newest' }) },
      {
        target: `${ARN}:\${stageVariables.alias}`,
        definition: {
          stages: { prod: { variables: { alias: 'live' } }, beta: { variables: { alias: '$LATEST' } } },
        },
      },
    )
    expect((await send(gateway, 'GET /prod/pets')).text()).toBe('live')
    expect((await send(gateway, 'GET /beta/pets')).text()).toBe('newest')
    expect(aws.got[1]?.target).toContain('?Qualifier=%24LATEST')
  })

  it('is not called where a variable makes its ARN into none', async () => {
    const { aws, gateway, errors } = await remote(
      {},
      {
        target: `${ARN}:\${stageVariables.alias}`,
        definition: { stages: { prod: { variables: { alias: 'a/../../b' } } } },
      },
    )
    expect((await send(gateway, 'GET /prod/pets')).status).toBe(500)
    expect(aws.got).toEqual([])
    expect(errors).toEqual([
      new Error(`with the variables of stage 'prod', '${ARN}:a/../../b' is no ARN of a Lambda function`),
    ])
  })

  it('may be in another region than its ARN says', async () => {
    const { aws, gateway } = await remote({ [ARN]: () => ({}) }, { region: 'eu-west-1' })
    expect((await send(gateway, 'GET /pets')).status).toBe(200)
    expect(aws.got[0]?.region).toBe('eu-west-1')
  })

  it('that fails is 502, and only the operator is told of it', async () => {
    const { gateway, records } = await remote({
      [ARN]: () => {
        throw new RangeError('broken')
      },
    })
    const answer = await send(gateway, 'GET /pets')
    expect([answer.status, answer.json()]).toEqual([502, { message: 'Internal server error' }])
    expect(records[0]?.detail).toBe('the function failed: RangeError: broken')
  })

  it('answers in format 2.0, too', async () => {
    const { gateway } = await remote(
      {
        [ARN]: ({ version }: { version: string }) => ({
          statusCode: 200,
          cookies: ['a=1', 'b=2'],
          body: version,
        }),
      },
      { payload: '2.0' },
    )
    const answer = await send(gateway, 'GET /pets')
    expect([answer.text(), answer.setCookie]).toEqual(['2.0', ['a=1', 'b=2']])
  })

  it('that answers what is no answer is 502', async () => {
    const { gateway } = await remote({ [ARN]: () => ({ message: 'hello' }) })
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
    const other = await remote({ [ARN]: () => ({ reply: { status: 200, body: '<html>' } }) })
    expect((await send(other.gateway, 'GET /pets')).status).toBe(502)
    expect(other.records[0]?.detail).toBe('Lambda answered what is no JSON')
  })

  it('has request and result mapped, numbers as they were', async () => {
    const { gateway } = await remote(
      {
        [ARN]: (event: unknown) => ({
          reply: { status: 200, body: `{"id":12345678901234567890,"got":${JSON.stringify(event)}}` },
        }),
      },
      {
        proxy: false,
        request: { templates: { [JSON_TYPE]: '{"name": "$input.params(\'proxy\')"}' } },
        responses: [{ statusCode: 200 }],
      },
    )
    expect((await send(gateway, 'GET /Rex')).text()).toBe('{"id":12345678901234567890,"got":{"name":"Rex"}}')
  })

  it('has its error held against the patterns', async () => {
    const { gateway } = await remote(
      {
        [ARN]: () => {
          throw new Error('pet not found')
        },
      },
      {
        proxy: false,
        responses: [
          { statusCode: 200 },
          {
            selectionPattern: '.*not found',
            statusCode: 404,
            templates: { [JSON_TYPE]: '"$input.path(\'$.errorMessage\')"' },
          },
        ],
      },
    )
    const answer = await send(gateway, 'GET /Rex')
    expect([answer.status, answer.text()]).toEqual([404, '"pet not found"'])
  })

  it('is called and not waited for', async () => {
    const got: unknown[] = []
    const { aws, gateway } = await remote(
      {
        [ARN]: async ({ body }: LambdaProxyEvent) => {
          await pause(20)
          got.push(body)
        },
      },
      { invocation: 'Event' },
    )
    const answer = await send(gateway, 'POST /pets', { body: 'later' })
    expect([answer.status, answer.text(), got]).toEqual([202, '', []])
    expect(aws.got[0]?.headers['x-amz-invocation-type']).toBe('Event')
    await vi.waitFor(() => expect(got).toEqual(['later']))
  })

  it.each<[string, number, string, string, number, boolean]>([
    ['is not there', 404, 'ResourceNotFoundException', 'Function not found', 500, true],
    [
      'is not for these credentials',
      403,
      'AccessDeniedException',
      'User: arn:aws:iam::1:user/x is not authorized',
      500,
      true,
    ],
    ['is throttled', 429, 'TooManyRequestsException', 'Rate Exceeded.', 504, false],
    ['cannot be run', 502, 'EC2ThrottledException', 'try again', 504, false],
    ['is given too much', 413, 'RequestTooLargeException', 'too large', 413, false],
  ])(
    'that %s is no answer, and the caller is not told why',
    async (_, status, type, message, expected, reported) => {
      const body = JSON.stringify({ message })
      const { gateway, records, errors } = await remote({
        [ARN]: () => ({
          reply: { status, headers: { 'x-amzn-errortype': `${type}:http://internal/` }, body },
        }),
      })
      const answer = await send(gateway, 'POST /pets')
      expect(answer.status).toBe(expected)
      expect(answer.text()).not.toContain(message)
      expect(records[0]?.detail).toBe(`Lambda answered ${status} ${type}: ${message}`)
      expect(errors.length > 0).toBe(reported)
    },
  )

  it('with wrong credentials is a configuration error', async () => {
    const { gateway, errors } = await remote(
      { [ARN]: () => ({}) },
      { credentials: { ...SIGNER, secretAccessKey: 'other' } },
    )
    expect((await send(gateway, 'GET /pets')).status).toBe(500)
    expect(String(errors[0])).toContain(
      'Lambda answered 403 InvalidSignatureException: The request signature',
    )
  })

  it('that takes too long is 504', async () => {
    const { gateway, records } = await remote({ [ARN]: () => pause(500) }, { timeout: '60ms' })
    const answer = await send(gateway, 'POST /pets')
    expect([answer.status, answer.json()]).toEqual([504, { message: 'Endpoint request timed out' }])
    expect(records[0]?.refusal).toBe('INTEGRATION_TIMEOUT')
  })

  it('that takes too long in the middle of its answer is 504', async () => {
    const slow = (_event: never, res: ServerResponse) => {
      res.writeHead(200, { 'content-type': JSON_TYPE })
      res.write('{"statusCode":')
      return new Promise(() => {})
    }
    const { gateway } = await remote({ [ARN]: slow }, { timeout: '60ms' })
    expect((await send(gateway, 'POST /pets')).status).toBe(504)
  })

  it('whose answer breaks off is 504', async () => {
    const breaking = (_event: never, res: ServerResponse) => {
      res.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': '100' })
      res.write('{"statusCode":')
      setTimeout(() => res.destroy(), 10)
      return new Promise(() => {})
    }
    const { gateway, records } = await remote({ [ARN]: breaking }, { retries: false })
    expect((await send(gateway, 'POST /pets')).status).toBe(504)
    expect(records[0]?.refusal).toBe('INTEGRATION_FAILURE')
  })

  it('is called again where that is safe, and where it may be done twice, only then', async () => {
    let calls = 0
    const flaky = (_event: never, res: ServerResponse) => {
      calls++
      if (calls === 1) return void res.destroy()
      return { body: 'second' }
    }
    const { gateway } = await remote({ [ARN]: flaky }, { retries: { backoff: 1 } })
    expect((await send(gateway, 'GET /pets')).text()).toBe('second')
    calls = 0
    expect((await send(gateway, 'POST /pets')).status).toBe(504)
    expect(calls).toBe(1)
  })

  it('is left alone for a while where all calls fail', async () => {
    const { gateway, records, aws } = await remote(
      { [ARN]: (_event: never, res: ServerResponse) => void res.destroy() },
      { retries: false, breaker: { failures: 2 } },
    )
    for (let call = 0; call < 4; call++) expect((await send(gateway, 'POST /pets')).status).toBe(504)
    expect(aws.got).toHaveLength(2)
    expect(records.at(-1)?.detail).toContain('not called')
  })

  it('is not told by a caller where it is, or by whom it is called', async () => {
    const { aws, gateway } = await remote({ [ARN]: () => ({}) })
    const headers = {
      authorization: 'mine',
      'x-amz-date': 'mine',
      'x-amz-security-token': 'mine',
      'x-amz-target': 'mine',
    }
    await send(gateway, 'GET /pets', { headers: { ...headers, 'x-amz-invocation-type': 'Event' } })
    expect(aws.got[0]?.headers).toMatchObject({
      'x-amz-invocation-type': 'RequestResponse',
      host: `127.0.0.1:${aws.port}`,
    })
    expect(aws.got[0]?.headers).not.toHaveProperty('x-amz-security-token')
    expect(aws.got[0]?.headers).not.toHaveProperty('x-amz-target')
  })
})

describe('a streamed answer of a function by its ARN', () => {
  const HEAD = JSON.stringify({
    statusCode: 206,
    headers: { 'content-type': 'text/plain' },
    cookies: ['a=1'],
  })
  const DELIMITER = Buffer.alloc(8)

  /** Writes frames with some time between them. */
  const streaming =
    (...frames: Uint8Array[]) =>
    async (_event: never, res: ServerResponse) => {
      for (const each of frames) {
        res.write(each)
        await pause(5)
      }
      res.end()
    }

  it('is sent as it comes', async () => {
    let more: () => void = () => {}
    const waiting = new Promise<void>((resolve) => {
      more = resolve
    })
    const { aws, gateway } = await remote(
      {
        [ARN]: async (_event: never, res: ServerResponse) => {
          res.write(chunk(Buffer.concat([Buffer.from(HEAD), DELIMITER, Buffer.from('first ')])))
          await waiting
          res.end(Buffer.concat([chunk('second'), complete()]))
        },
      },
      { streaming: true },
    )
    const { port } = await serve(toNode(gateway))
    const told = await tell(
      port,
      wire('GET /pets', ['Host: localhost']).replace('Host: 127.0.0.1\r\n', ''),
      (text) => {
        if (text.includes('first ')) more()
        return text.includes('second')
      },
    )
    expect(told.status).toBe(206)
    expect(told.head).toContain('set-cookie: a=1')
    expect(told.head).toContain('content-type: text/plain')
    expect(aws.got[0]?.target).toBe(
      `/2021-11-15/functions/${encodeURIComponent(ARN)}/response-streaming-invocations`,
    )
  })

  it('may come in pieces of any size', async () => {
    const all = Buffer.concat([chunk(HEAD), chunk(DELIMITER), chunk('hello '), chunk('world'), complete()])
    const bytes = Array.from({ length: Math.ceil(all.length / 7) }, (_, index) =>
      all.subarray(index * 7, index * 7 + 7),
    )
    const { gateway } = await remote({ [ARN]: streaming(...bytes) }, { streaming: true })
    const answer = await send(gateway, 'GET /pets')
    expect([answer.status, answer.text(), answer.setCookie]).toEqual([206, 'hello world', ['a=1']])
  })

  it('without its head is 502', async () => {
    const { gateway, records } = await remote(
      { [ARN]: streaming(chunk('hello'), complete()) },
      { streaming: true },
    )
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
    expect(records[0]?.detail).toContain('begins with no metadata')
  })

  it('whose head does not end is 502', async () => {
    const { gateway } = await remote(
      { [ARN]: streaming(chunk(Buffer.alloc(20_000, 'x')), complete()) },
      { streaming: true },
    )
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
  })

  it('of a function that fails first is 502', async () => {
    const failed = complete({ ErrorCode: 'Unhandled', ErrorDetails: 'broken' })
    const { gateway, records } = await remote({ [ARN]: streaming(failed) }, { streaming: true })
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
    expect(records[0]?.detail).toBe('the function failed: Unhandled: broken')
    const exception = frame(
      { ':message-type': 'exception', ':exception-type': 'InternalStreamFailure' },
      '{}',
    )
    const other = await remote({ [ARN]: streaming(exception) }, { streaming: true })
    expect((await send(other.gateway, 'GET /pets')).status).toBe(502)
    expect(other.records[0]?.detail).toBe('the function failed: InternalStreamFailure: {}')
  })

  it.each<[string, Uint8Array]>([
    ['fails', complete({ ErrorCode: 'Unhandled', ErrorDetails: 'broken' })],
    ['is cut off', new Uint8Array(0)],
    ['comes broken', Buffer.from(chunk('x')).fill(7, 20, 24)],
  ])('that %s on its way breaks off', async (_, last) => {
    const head = chunk(Buffer.concat([Buffer.from(HEAD), DELIMITER, Buffer.from('first ')]))
    const { gateway, errors } = await remote({ [ARN]: streaming(head, last) }, { streaming: true })
    await expect(send(gateway, 'GET /pets')).rejects.toThrow(/the function (?:failed|streamed)/)
    await vi.waitFor(() => expect(errors).toHaveLength(1))
  })

  it('that comes broken is read no further, and its connection is let go', async () => {
    let hungUp = false
    const broken = async (_: never, res: ServerResponse) => {
      res.on('close', () => {
        hungUp = true
      })
      res.write(chunk(Buffer.concat([Buffer.from(HEAD), DELIMITER])))
      res.write(Buffer.from(chunk('x')).fill(7, 20, 24))
      for (let piece = 0; piece < 20; piece++) res.write(chunk(Buffer.alloc(100_000)))
    }
    const { gateway } = await remote({ [ARN]: broken }, { streaming: true })
    await expect(send(gateway, 'GET /pets')).rejects.toThrow('came broken')
    await vi.waitFor(() => expect(hungUp).toBe(true))
  })

  it('that does not begin in time is 504', async () => {
    const { gateway } = await remote({ [ARN]: () => pause(500) }, { streaming: true, timeout: '60ms' })
    expect((await send(gateway, 'GET /pets')).status).toBe(504)
  })

  it('of a function that is not there is 500', async () => {
    const aws = await lambdaEndpoint({})
    const gateway = createGateway({
      routes: [
        route('GET /pets', {}, lambda(ARN, { endpoint: aws.url, credentials: SIGNER, streaming: true })),
      ],
      onError: () => {},
    })
    expect((await send(gateway, 'GET /pets')).status).toBe(500)
  })
})
