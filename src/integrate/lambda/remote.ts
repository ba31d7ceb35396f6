/**
 * Functions by their ARN, over Lambda's own API.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { Buffer } from 'node:buffer'
import { fieldOf } from '../../answer.js'
import { type Exchange, type Outcome, Refusal } from '../../exchange.js'
import type { Inbound, IntegrationSite } from '../../integration.js'
import { isIdempotent } from '../../methods.js'
import { isStream } from '../../stream.js'
import { waitedFor } from '../../waiting.js'
import { Called, Failed } from './called.js'
import { StreamedPayload } from './eventstream.js'
import type { Callee } from './local.js'
import { malformed } from './result.js'
import { streamOutcome } from './streamed.js'
import type { LambdaIntegration } from './types.js'

/** A request to Lambda, to be signed and sent. */
export interface LambdaRequest {
  readonly service: 'lambda'
  readonly region: string
  readonly origin: string
  readonly method: 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly idempotent: boolean
}

/** What signs and sends. */
export interface LambdaClient {
  /** The answer when it begins. */
  send(exchange: Exchange, request: LambdaRequest): Promise<Inbound | Refusal>
  /** The answer when all of it is there. */
  ask(exchange: Exchange, request: LambdaRequest): Promise<WholeInbound | Refusal>
  /** ms until it begins. */
  readonly timeout: number | false
}

interface WholeInbound extends Inbound {
  readonly body: Uint8Array
}

/** Where a function is. */
export interface LambdaPlace {
  readonly name: Name
  readonly origin: string
  readonly region: string
}

/** `arn:aws:lambda:eu-central-1:123456789012:function:pets`, and a version or alias. */
const ARN = /^(arn:aws[a-z-]*:lambda:([\w-]+):\d{12}:function:[\w-]{1,140})(?::(\$LATEST|[\w-]+))?$/

/** An ARN, with a stage's variables in it. */
export interface Name {
  readonly arn: string
  readonly region: string
  readonly qualifier: string | undefined
}

/** @returns the text where it is no ARN with these variables, of which none is empty */
function nameOf(target: string, variables: Readonly<Record<string, string>>): Name | string {
  const text = target.replace(
    /\$\{stageVariables\.(\w+)\}/g,
    (whole, name: string) => variables[name] || whole,
  )
  const [, arn, region, qualifier] = ARN.exec(text) ?? []
  return arn === undefined || region === undefined ? text : { arn, region, qualifier }
}

class RemoteFunction implements Callee {
  readonly #place: LambdaPlace
  readonly #client: LambdaClient
  readonly #report: (error: unknown) => void

  constructor(place: LambdaPlace, client: LambdaClient, { report }: Pick<IntegrationSite, 'report'>) {
    this.#place = place
    this.#client = client
    this.#report = report
  }

  async call(exchange: Exchange, event: unknown): Promise<Called | Failed | Refusal> {
    const inbound = await this.#client.ask(
      exchange,
      this.#request(exchange, INVOKE, 'RequestResponse', event),
    )
    if (inbound instanceof Refusal) return inbound
    if (inbound.status !== 200) return this.#refused(inbound)
    const text = textOf(inbound)
    try {
      const result: unknown = JSON.parse(text || 'null')
      const failed = fieldOf(inbound.headers, 'x-amz-function-error') !== undefined
      return failed ? failure(result, text) : new Called(result, text)
    } catch {
      return malformed('Lambda answered what is no JSON')
    }
  }

  async start(exchange: Exchange, event: unknown): Promise<Refusal | undefined> {
    const inbound = await this.#client.ask(exchange, this.#request(exchange, INVOKE, 'Event', event))
    if (inbound instanceof Refusal) return inbound
    return inbound.status === 202 ? undefined : this.#refused(inbound)
  }

  /** Lambda's own head comes at once; what the function says of its answer, once it says it. */
  stream(exchange: Exchange, event: unknown): Promise<Outcome> {
    const what = 'the function did not begin to answer'
    return waitedFor(exchange, this.#client.timeout, what, async (stoppedBy) => {
      const inbound = await this.#client.send(
        exchange,
        this.#request(exchange, STREAM, 'RequestResponse', event),
      )
      if (inbound instanceof Refusal) return inbound
      if (inbound.status !== 200) return this.#refused({ ...inbound, body: await beginning(inbound.body) })
      const payload = new StreamedPayload(inbound.body)
      stoppedBy(() => payload.return())
      return streamOutcome(exchange, payload, this.#report).catch((error: unknown) =>
        malformed(error instanceof Error ? error.message : String(error)),
      )
    })
  }

  #request(
    exchange: Exchange,
    [version, action]: readonly [version: string, action: string],
    invocation: 'RequestResponse' | 'Event',
    event: unknown,
  ): LambdaRequest {
    const { origin, region, name } = this.#place
    const { arn, qualifier } = name
    const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`
    return {
      ...{ service: 'lambda', region, origin, method: 'POST' },
      path: `/${version}/functions/${encodeURIComponent(arn)}/${action}${query}`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': invocation },
      body: JSON.stringify(event),
      // What a caller may send twice, a function may be called with twice.
      idempotent: isIdempotent(exchange.request.method),
    }
  }

  /** What Lambda itself refuses: most often a function that is not there, or not for these credentials. */
  #refused(inbound: WholeInbound): Refusal {
    const { status, headers } = inbound
    const type = fieldOf(headers, 'x-amzn-errortype')?.split(':')[0] ?? ''
    const detail = `Lambda answered ${[status, type].join(' ').trim()}: ${messageIn(textOf(inbound))}`
    if (status === 413) return new Refusal('REQUEST_TOO_LARGE', detail)
    if (status === 429 || status >= 500) return new Refusal('INTEGRATION_FAILURE', detail)
    this.#report(new Error(detail))
    return new Refusal('API_CONFIGURATION_ERROR', detail)
  }
}

const INVOKE = ['2015-03-31', 'invocations'] as const
const STREAM = ['2021-11-15', 'response-streaming-invocations'] as const

function failure(result: unknown, json: string): Failed {
  const { errorType, errorMessage } = (result ?? {}) as { errorType?: unknown; errorMessage?: unknown }
  return new Failed(String(errorType ?? 'Error'), String(errorMessage ?? ''), json)
}

function messageIn(text: string): string {
  try {
    const { message, Message } = JSON.parse(text)
    return String(message ?? Message ?? text)
  } catch {
    return text.slice(0, 200)
  }
}

function textOf({ body }: WholeInbound): string {
  return Buffer.from(body).toString()
}

/** Of an error: all of it, most often. */
async function beginning(body: Inbound['body']): Promise<Uint8Array> {
  if (!isStream(body)) return body
  const pieces = body[Symbol.asyncIterator]()
  const { value = '' } = await pieces.next()
  await pieces.return?.()
  return Buffer.from(value)
}

/** What a function by its ARN is put together with. */
export interface RemoteParts {
  readonly connect: (
    options: LambdaIntegration & { readonly region: string },
    site: IntegrationSite,
  ) => LambdaClient
  readonly originOf: (host: string, region: string) => string
}

export function remoteFunction(
  options: LambdaIntegration,
  site: IntegrationSite,
  parts: RemoteParts,
): Callee {
  const name = nameOf(String(options.target), site.variables)
  if (typeof name === 'string') return new Nowhere(name, site)
  const { region = name.region, endpoint } = options
  const origin = endpoint === undefined ? parts.originOf('lambda', region) : new URL(endpoint).origin
  return new RemoteFunction({ name, origin, region }, parts.connect({ ...options, region }, site), site)
}

/** A function whose ARN the variables of a stage have made into none. */
class Nowhere implements Callee {
  readonly #refusal: Refusal

  constructor(text: string, { stage, report }: Pick<IntegrationSite, 'stage' | 'report'>) {
    const words = `with the variables of stage '${stage}', '${text}' is no ARN of a Lambda function`
    report(new Error(words))
    this.#refusal = new Refusal('API_CONFIGURATION_ERROR', words)
  }

  async call(): Promise<Refusal> {
    return this.#refusal
  }

  async start(): Promise<Refusal> {
    return this.#refusal
  }

  async stream(): Promise<Refusal> {
    return this.#refusal
  }
}
