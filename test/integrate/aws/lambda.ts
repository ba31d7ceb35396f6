/** Lambda's Invoke API: small and faithful. */

import type { ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { endpoint, type Reply, type Secrets, type Verified } from './signed.js'

/** The encoder of AWS's own SDK. */
const ofSigner = createRequire(createRequire(import.meta.url).resolve('@smithy/signature-v4'))
const { EventStreamCodec } = ofSigner('@smithy/core/event-streams')
const codec = new EventStreamCodec(
  (bytes: Uint8Array) => Buffer.from(bytes).toString(),
  (text: string) => Buffer.from(text),
)

/** A frame of a streamed result. */
export function frame(headers: Readonly<Record<string, string>>, body: string | Uint8Array = ''): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }])
  return codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(body) })
}

export const chunk = (body: string | Uint8Array) =>
  frame(
    { ':message-type': 'event', ':event-type': 'PayloadChunk', ':content-type': 'application/octet-stream' },
    body,
  )
export const complete = (result: object = {}) =>
  frame(
    { ':message-type': 'event', ':event-type': 'InvokeComplete', ':content-type': 'application/json' },
    JSON.stringify(result),
  )

/** What functions there are, by ARN and qualifier: `arn:…:pets:live`. */
export interface Functions {
  readonly [name: string]: (event: never, res: ServerResponse) => unknown
}

const PATH =
  /^\/(2015-03-31|2021-11-15)\/functions\/([^/]+)\/(invocations|response-streaming-invocations)(?:\?Qualifier=([^&]+))?$/

const refused = (status: number, type: string, message: string): Reply => ({
  status,
  headers: { 'x-amzn-errortype': type },
  body: JSON.stringify({ Type: 'User', message }),
})

/** @param invoked told of asynchronous calls, once they are over */
export function lambdaEndpoint(
  functions: Functions,
  secrets?: Secrets,
  invoked: (result: unknown) => void = () => {},
) {
  return endpoint(async (request, res) => {
    const [, version, name = '', action, qualifier] = PATH.exec(request.target) ?? []
    if (version === undefined || request.method !== 'POST' || request.service !== 'lambda')
      return refused(404, 'UnknownOperationException', 'no such operation')
    const arn =
      decodeURIComponent(name) + (qualifier === undefined ? '' : `:${decodeURIComponent(qualifier)}`)
    const called = functions[arn]
    if (called === undefined)
      return refused(
        404,
        'ResourceNotFoundException:http://internal.amazon.com/',
        `Function not found: ${arn}`,
      )
    const event = JSON.parse(request.body.toString())
    if (action === 'response-streaming-invocations') return streamed(res, () => called(event as never, res))
    return buffered(request, async () => called(event as never, res), invoked)
  }, secrets)
}

async function buffered(
  { headers }: Verified,
  call: () => Promise<unknown>,
  invoked: (result: unknown) => void,
): Promise<Reply> {
  if (headers['x-amz-invocation-type'] === 'Event') {
    call().then(invoked, invoked)
    return { status: 202 }
  }
  try {
    const result = await call()
    if (typeof result === 'object' && result !== null && 'reply' in result) return result.reply as Reply
    return {
      status: 200,
      headers: { 'x-amz-executed-version': '$LATEST' },
      body: JSON.stringify(result) ?? 'null',
    }
  } catch (error) {
    const { name, message, stack = '' } = error as Error
    const body = JSON.stringify({ errorType: name, errorMessage: message, trace: stack.split('\n') })
    return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body }
  }
}

/** The function writes frames by itself. */
async function streamed(res: ServerResponse, call: () => unknown): Promise<undefined> {
  res.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
  res.flushHeaders()
  await call()
  return undefined
}
