/** Sends signed requests to AWS. */
import { Buffer } from 'node:buffer'
import { milliseconds } from '../../clock.js'
import { PosternError } from '../../errors.js'
import { type Exchange, Refusal } from '../../exchange.js'
import type {
  AwsCredentialProvider,
  AwsCredentials,
  Inbound,
  IntegrationOptions,
  IntegrationSite,
  Transport,
} from '../../integration.js'
import { isPromise } from '../../store/bounded.js'
import { isStream } from '../../stream.js'
import { waitedFor } from '../../waiting.js'
import { defaultProvider, heldBy } from './credentials.js'
import type { Signable, signed } from './signer.js'

/** What is sent, and whether it may be sent again. */
export interface AwsRequest extends Signable {
  readonly idempotent: boolean
}

/** An answer that is there as a whole. */
export interface Received extends Inbound {
  readonly body: Uint8Array
}

/** Whose credentials, and how it is sent. */
export interface AwsClientOptions extends IntegrationOptions {
  readonly credentials?: AwsCredentials | AwsCredentialProvider | undefined
  readonly region: string
}

/** What is loaded only where something is sent. */
export interface AwsParts {
  readonly transport: () => Promise<{
    createTransport(options: IntegrationOptions, site: IntegrationSite): Transport
  }>
  readonly signer: () => Promise<{ readonly signed: typeof signed }>
}

/** What AWS's own gateway takes of an answer at most, and more than Lambda gives: bytes. */
const LONGEST = 16_777_216

interface Loaded {
  readonly send: Transport
  readonly signed: typeof signed
}

export class AwsClient {
  readonly timeout: number | false
  readonly #loading: Promise<Loaded | { readonly error: unknown }>
  readonly #credentials: () => AwsCredentials | Refusal | Promise<AwsCredentials | Refusal>
  readonly #site: IntegrationSite

  constructor(options: AwsClientOptions, site: IntegrationSite, parts: AwsParts) {
    const { timeout, retries, breaker } = options
    const own = {
      ...(timeout !== undefined && { timeout }),
      ...(retries !== undefined && { retries }),
      ...(breaker !== undefined && { breaker }),
    }
    this.#site = site
    this.timeout = timeout === undefined ? site.timeout : milliseconds(timeout)
    this.#credentials = credentialsOf(options, site)
    this.#loading = Promise.all([parts.transport(), parts.signer()]).then(
      ([transport, signer]) => ({ send: transport.createTransport(own, site), signed: signer.signed }),
      // Whoever first needs it is told.
      (error: unknown) => ({ error }),
    )
  }

  /** The answer when it begins. */
  async send(exchange: Exchange, request: AwsRequest): Promise<Inbound | Refusal> {
    const loaded = await this.#loading
    if ('error' in loaded) throw loaded.error
    const found = await this.#signer(exchange)
    if (found instanceof Refusal) return found
    const { origin, method, body, idempotent } = request
    const { path, headers } = loaded.signed(request, found, this.#site.clock.now())
    const outbound = { origin, method, path, headers, body: body.length === 0 ? undefined : body, idempotent }
    return loaded.send(exchange, outbound)
  }

  /** Whoever gives credentials may be another machine. */
  #signer(exchange: Exchange): AwsCredentials | Refusal | Promise<AwsCredentials | Refusal> {
    const found = this.#credentials()
    return isPromise(found)
      ? waitedFor(exchange, this.timeout, 'no credentials for AWS came', () => found)
      : found
  }

  /** The answer when all of it is there. */
  ask(exchange: Exchange, request: AwsRequest): Promise<Received | Refusal> {
    return this.#inTime(exchange, () => this.send(exchange, request))
  }

  /** The same of one that has begun. */
  whole(exchange: Exchange, inbound: Inbound): Promise<Received | Refusal> {
    return this.#inTime(exchange, async () => inbound)
  }

  #inTime(exchange: Exchange, begin: () => Promise<Inbound | Refusal>): Promise<Received | Refusal> {
    return waitedFor(exchange, this.timeout, 'AWS gave no whole answer', async (stoppedBy) => {
      const inbound = await begin()
      if (inbound instanceof Refusal || !isStream(inbound.body)) return inbound as Refusal | Received
      const pieces = inbound.body[Symbol.asyncIterator]()
      stoppedBy(() => pieces.return?.())
      const body = await wholeOf(pieces).catch(brokenOff)
      return body instanceof Refusal ? body : { status: inbound.status, headers: inbound.headers, body }
    })
  }
}

async function wholeOf(pieces: AsyncIterator<Uint8Array | string>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  let size = 0
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    const bytes = Buffer.from(next.value)
    all.push(bytes)
    size += bytes.length
    if (size <= LONGEST) continue
    await pieces.return?.()
    throw new Error(`an answer of more than ${LONGEST} bytes`)
  }
  return Buffer.concat(all)
}

function brokenOff(error: unknown): Refusal {
  if (error instanceof PosternError) throw error
  const reason = error instanceof Error ? error.message : String(error)
  return new Refusal('INTEGRATION_FAILURE', `AWS's answer broke off: ${reason}`)
}

function credentialsOf(
  { credentials: given, region }: AwsClientOptions,
  { clock, report }: IntegrationSite,
): () => AwsCredentials | Refusal | Promise<AwsCredentials | Refusal> {
  if (typeof given === 'object') return () => given
  const held = heldBy(given ?? defaultProvider(region), clock)
  const failed = (error: unknown) => {
    report(error)
    return new Refusal('API_CONFIGURATION_ERROR', error instanceof Error ? error.message : String(error))
  }
  return () => {
    const found = held.get(report)
    return isPromise(found) ? found.catch(failed) : found
  }
}

/** `https://lambda.eu-central-1.amazonaws.com` @param host what stands before the region */
export function originOf(host: string, region: string): string {
  return `https://${host}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}
