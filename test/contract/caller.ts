/** A caller of a host under contract: it names its requests, so that it can ask what became of each. */
import { randomUUID } from 'node:crypto'
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request,
} from 'node:http'
import { request as secureRequest } from 'node:https'
import type { ExchangeRecord } from 'postern'
import { expect, vi } from 'vitest'
import type { TestCertificate } from '../authorize/certificates.js'
import { pause } from '../sockets.js'
import type { Running } from './host.js'
import type { Kind } from './scenario/gateway.js'

export interface Ask {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** The value of `x-api-key`. */
  readonly key?: string
  /** Sent as JSON. */
  readonly json?: unknown
  readonly body?: string | Uint8Array
  /** Without saying how much there is. */
  readonly chunked?: boolean
  /** On a connection of its own. */
  readonly alone?: boolean
  /** The request's id. */
  readonly id?: string
  /** Past the proxy, by TLS to the app's own server: with a certificate, or without. */
  readonly direct?: TestCertificate | 'nameless'
}

export interface Got {
  readonly id: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what an app answers is whatever the test expects of it
  readonly json: any
}

export interface Begun {
  readonly id: string
  readonly request: ClientRequest
  /** Once its head is there. */
  readonly answered: Promise<IncomingMessage>
}

const PIECE = 50_000

/** Of a connection by TLS: from this machine, too, but not from the address of the proxy, which the gateway trusts. */
export function directly(as: TestCertificate | 'nameless') {
  const own = as === 'nameless' ? {} : { cert: as.pem, key: as.keyPem }
  return { family: 4, localAddress: '127.0.0.2', rejectUnauthorized: false, ...own }
}

/** What is the same whenever the request is: without ids, times, and what differs by how a framework frames it. */
export type Told = Omit<
  ExchangeRecord,
  'requestId' | 'deployment' | 'startedAt' | 'latency' | 'integrationLatency' | 'bytesOut'
>

export class Caller {
  readonly port: number
  readonly #agent = new Agent({ keepAlive: true })
  /** The ids of all requests that have been given one. */
  readonly ids = new Set<string>()

  constructor(
    readonly running: Running,
    readonly kind: Kind,
  ) {
    this.port = running.port
  }

  /** Beside a route for all paths, nothing is passed on: the app is asked through that. */
  get #control(): string {
    return this.kind === 'open' ? '/prod/contract' : '/contract'
  }

  /** Where the app's path is to be asked for. */
  at(path: string): string {
    return this.kind === 'routes' ? path : `/prod${path}`
  }

  /** An id for a request, which it is to bring with it. */
  id(): string {
    const id = randomUUID()
    this.ids.add(id)
    return id
  }

  /** @param line method and path of the app: `GET /items/7` */
  ask(line: string, options: Ask = {}): Promise<Got> {
    const [method, path] = parted(line)
    return this.send(`${method} ${this.at(path)}`, options)
  }

  /** @param line method and target as they are sent */
  async send(line: string, options: Ask = {}): Promise<Got> {
    const { id, request, answered } = this.begin(line, options)
    const body = bodyOf(options)
    for (let at = 0; body !== undefined && at < body.length; at += PIECE) {
      request.write(body.subarray(at, at + PIECE))
    }
    request.end()
    const answer = await answered
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(chunk as Buffer)
    return got(id, answer.statusCode ?? 0, answer.headers, Buffer.concat(chunks))
  }

  /**
   * A request that the test goes on with by itself: to send pieces, to read pieces, to break it off.
   *
   * @param line method and target as they are sent
   */
  begin(line: string, options: Ask = {}): Begun {
    const { id = this.id(), chunked = false, alone = false, direct } = options
    const [method, path] = parted(line)
    const agent = alone ? new Agent() : this.#agent
    const size = bodyOf(options)?.length
    const sized = size === undefined || chunked ? {} : { 'content-length': String(size) }
    const headers = { ...sized, ...headersOf(options), 'x-amzn-requestid': id } as Record<string, string>
    const own = { host: '127.0.0.1', method, path, headers }
    const sent = direct ? this.#direct(own, direct) : request({ ...own, port: this.port, agent })
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).on('error', reject)
    })
    // Who breaks it off does not wait for an answer.
    answered.catch(() => {})
    return { id, request: sent, answered }
  }

  #direct(options: RequestOptions, as: TestCertificate | 'nameless'): ClientRequest {
    const { https: port } = this.running
    if (port === undefined) throw new Error('no TLS here')
    return secureRequest({ ...options, port, agent: false, ...directly(as) })
  }

  /** Asks the app what it knows. */
  async control(what: string, parameters: Readonly<Record<string, string>> = {}): Promise<Got['json']> {
    const query = new URLSearchParams(parameters)
    const { json } = await this.send(`POST ${this.#control}/${what}?${query}`, { id: randomUUID() })
    return json
  }

  calls(of: string): Promise<number> {
    return this.control('calls', { of })
  }

  notes(of: string): Promise<readonly string[]> {
    return this.control('notes', { of })
  }

  async noted(id: string, what: string): Promise<void> {
    await vi.waitFor(async () => expect(await this.notes(id)).toContain(what), {
      timeout: 3000,
      interval: 10,
    })
  }

  /** Lets go on what waits there. */
  async open(gate: string): Promise<void> {
    await this.control('open', { of: gate })
  }

  /** Moves the gateway's clock. @returns where it stands, ms */
  async clock(advance = 0): Promise<number> {
    return this.control('clock', { advance: String(advance) })
  }

  /** The one record of a request, once it is there. */
  async record(id: string): Promise<Told> {
    const records = await vi.waitFor(
      async () => {
        const found: readonly ExchangeRecord[] = await this.control('records', { of: id })
        expect(found.length, 'records of the request').toBeGreaterThan(0)
        return found
      },
      { timeout: 3000, interval: 10 },
    )
    expect(records).toHaveLength(1)
    const { requestId, deployment, startedAt, latency, integrationLatency, bytesOut, ...told } = records[0]!
    return told
  }

  /** The ids of requests that have no record, or more than one. */
  async unrecorded(): Promise<readonly string[]> {
    const odd = async () => {
      const records: readonly ExchangeRecord[] = await this.control('records')
      const counts = new Map([...this.ids].map((id) => [id, 0]))
      for (const { requestId } of records) counts.set(requestId, (counts.get(requestId) ?? 0) + 1)
      return [...counts].filter(([, count]) => count !== 1).map(([id, count]) => `${id}: ${count}`)
    }
    for (let tries = 0; tries < 20 && (await odd()).length > 0; tries++) await pause(50)
    return odd()
  }

  close(): void {
    this.#agent.destroy()
  }
}

function parted(line: string): [method: string, rest: string] {
  const space = line.indexOf(' ')
  return [line.slice(0, space), line.slice(space + 1)]
}

export function bodyOf({ json, body }: Ask): Buffer | undefined {
  if (json !== undefined) return Buffer.from(JSON.stringify(json))
  return body === undefined ? undefined : Buffer.from(body)
}

export function headersOf({ headers = {}, key, json }: Ask): Record<string, string | readonly string[]> {
  const own: Record<string, string> = {}
  if (json !== undefined) own['content-type'] = 'application/json'
  if (key !== undefined) own['x-api-key'] = key
  return { ...own, ...headers }
}

export function got(id: string, status: number, headers: IncomingHttpHeaders, body: Buffer): Got {
  const text = body.toString()
  return {
    ...{ id, status, headers, body, text },
    get json() {
      return JSON.parse(text)
    },
  }
}
