/** What the tests of signatures share: a caller, a gateway that it may call, and requests exactly as they would arrive. */
import aws4 from 'aws4'
import { type Credential, createGateway, type Gateway, type GatewayDefinition, passed, route } from 'postern'
import { testClock } from 'postern/testing'
import type { GatewayRequest } from '../../src/port.js'

export const CALLER = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
export const ALICE = 'arn:aws:iam::000000000000:user/alice'
export const HOST = 'api.acme.example'
export const NOW = '2026-01-31T12:00:00Z'
export const TIMESTAMP = '20260131T120000Z'

export const CREDENTIAL: Credential = {
  secretAccessKey: CALLER.secretAccessKey,
  principal: ALICE,
  policies: [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }],
}

function credentials(accessKeyId: string): Credential | undefined {
  return accessKeyId === CALLER.accessKeyId ? CREDENTIAL : undefined
}

/** A gateway whose every path demands a signature, at {@link NOW}. */
export function signedGateway(definition: Partial<GatewayDefinition> = {}): Gateway {
  return createGateway({
    routes: [route('ANY /{proxy+}', { authorize: 'iam' }), route('ANY /', { authorize: 'iam' })],
    credentials,
    clock: testClock(NOW),
    ...definition,
  })
}

type Header = readonly [name: string, value: string]

/** A request as it would arrive: header fields may stand there twice. */
export class RawRequest implements GatewayRequest {
  readonly peer = '127.0.0.1'
  readonly encrypted = true
  readonly foldsCase = false
  /** How often the body was read. */
  reads = 0

  constructor(
    readonly method: string,
    readonly target: string,
    readonly headers: readonly Header[],
    readonly content: string | Uint8Array = '',
  ) {}

  get localTarget(): string {
    return this.target
  }

  /** As Node joins them, which keeps the first of some. */
  header(name: string): string | undefined {
    const values = this.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
    return ['authorization', 'host', 'content-length'].includes(name)
      ? values[0]
      : values.join(', ') || undefined
  }

  rawHeaders(): readonly string[] {
    return this.headers.flat()
  }

  get hasBody(): boolean {
    return this.content.length > 0
  }

  async body(): Promise<Uint8Array> {
    this.reads++
    return Buffer.from(this.content)
  }

  stream(): undefined {}

  whenGone(): () => void {
    return () => {}
  }

  /** The same with other parts. */
  with(parts: Partial<Pick<RawRequest, 'method' | 'target' | 'headers' | 'content'>>): RawRequest {
    const { method, target, headers, content } = { ...this, ...parts }
    return new RawRequest(method, target, headers, content)
  }

  /** The same with more header fields. */
  and(...headers: readonly Header[]): RawRequest {
    return this.with({ headers: [...this.headers, ...headers] })
  }

  /** The same without a header field, or with it changed. */
  altered(name: string, value?: (before: string) => string): RawRequest {
    const headers = this.headers.flatMap(([other, before]): Header[] => {
      if (other.toLowerCase() !== name) return [[other, before]]
      return value === undefined ? [] : [[other, value(before)]]
    })
    return this.with({ headers })
  }
}

export interface Unsigned {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly presigned?: boolean
  readonly sessionToken?: string
  readonly timestamp?: string
  readonly region?: string
  readonly service?: string
  readonly caller?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** Signed by `aws4`. */
export function sign(unsigned: Unsigned = {}): RawRequest {
  const { method = 'GET', target = '/pets/7', headers = {}, body = '', presigned = false } = unsigned
  const { timestamp = TIMESTAMP, sessionToken, caller = CALLER } = unsigned
  const { region = 'us-east-1', service = 'execute-api' } = unsigned
  const dated = presigned ? `${target}${target.includes('?') ? '&' : '?'}X-Amz-Date=${timestamp}` : target
  const { path = '', headers: signed = {} } = aws4.sign(
    {
      host: HOST,
      method,
      path: dated,
      headers: presigned ? headers : { ...headers, 'X-Amz-Date': timestamp },
      ...(body === '' ? {} : { body }),
      region,
      service,
      signQuery: presigned,
    },
    { ...caller, ...(sessionToken === undefined ? {} : { sessionToken }) },
  )
  const sent = Object.entries(signed).map(([name, value]): Header => [name, String(value)])
  const length =
    body !== '' && presigned ? [['Content-Length', String(Buffer.byteLength(body))] as const] : []
  return new RawRequest(method, path, [...sent, ...length], body)
}

/** What the caller is told. */
export interface Told {
  readonly status: number
  readonly message: string
  readonly error: string | undefined
  /** Who called, where the request reached the app. */
  readonly principal: string | undefined
}

export async function ask(gateway: Gateway, request: GatewayRequest): Promise<Told> {
  let principal: string | undefined
  const result = await gateway.handle(request, (exchange) => {
    principal = exchange.principal
    return passed
  })
  if (result === passed) return { status: 200, message: '', error: undefined, principal }
  const error = result.headers[result.headers.indexOf('x-amzn-ErrorType') + 1]
  const { message = '' } = JSON.parse(String(result.body) || '{}') as { message?: string }
  return { status: result.status, message, error, principal }
}
