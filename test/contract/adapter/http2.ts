/** HTTP/2, where it is served. */

import { randomUUID } from 'node:crypto'
import { connect, constants } from 'node:http2'
import { expect, vi } from 'vitest'
import { pause } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import { type Ask, bodyOf, type Caller, directly, type Got, got, headersOf } from '../caller.js'
import { KEYS } from '../scenario/gateway.js'
import { CARL } from './callers.js'
import { signed } from './signing.js'

interface Session {
  ask(line: string, options?: Ask): Promise<Got>
  /** Begins one and breaks it off. @returns its id */
  leave(line: string, how: Leave): Promise<string>
}

interface Leave {
  /** What the caller says why. */
  readonly code: number
  /** When its answer has begun, or something else has happened. */
  readonly when: 'begun' | (() => Promise<void>)
}

async function session(
  caller: Caller,
  use: (session: Session) => Promise<void>,
  options: object = { rejectUnauthorized: false },
): Promise<void> {
  const { http2 } = caller.running
  if (http2 === undefined) throw new Error('no HTTP/2 here')
  const client = connect(http2, options)
  const begin = (line: string, options: Ask = {}) => {
    const [method, path = ''] = line.split(' ')
    const id = caller.id()
    const own = { ':method': method, ':path': caller.at(path), 'x-amzn-requestid': id }
    return { id, stream: client.request({ ...own, ...(headersOf(options) as Record<string, string>) }) }
  }
  let timer: NodeJS.Timeout | undefined
  const failed = new Promise<never>((_resolve, reject) => {
    client.once('error', reject)
    timer = setTimeout(() => reject(new Error('nothing more came within 3 s')), 3000)
  })
  const ask = async (line: string, options: Ask = {}) => {
    const { id, stream } = begin(line, options)
    stream.end(bodyOf(options))
    const headers = await new Promise<Record<string, string>>((resolve, reject) => {
      stream.once('response', (head) => resolve(head as Record<string, string>)).once('error', reject)
    })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return got(id, Number(headers[':status']), headers, Buffer.concat(chunks))
  }
  const leave = async (line: string, { code, when }: Leave) => {
    const { id, stream } = begin(line)
    stream.on('error', () => {}).end()
    await (when === 'begun' ? new Promise((resolve) => stream.once('data', resolve)) : when())
    stream.close(code)
    return id
  }
  try {
    await Promise.race([failed, use({ ask, leave })])
  } finally {
    clearTimeout(timer)
    client.destroy()
  }
}

const TESTS: readonly (readonly [string, (session: Session, caller: Caller) => Promise<void>])[] = [
  [
    'a request passes, and its record is as ever',
    async ({ ask }, caller) => {
      const { status, json, id } = await ask('GET /items/a%2Fb')
      expect([status, json.params.id, json.gateway.params.id]).toEqual([200, 'a/b', 'a/b'])
      expect(await caller.record(id)).toMatchObject({
        status: 200,
        end: 'answered',
        route: 'GET /items/{id}',
      })
    },
  ],
  [
    'a refusal is one',
    async ({ ask }, caller) => {
      const refused = await ask('GET /locked')
      expect([refused.status, refused.text]).toEqual([403, '{"message":"Forbidden"}'])
      expect(refused.headers['x-amzn-requestid']).toBe(refused.id)
      expect((await ask('GET /locked', { key: KEYS.plain })).status).toBe(200)
      expect(await caller.record(refused.id)).toMatchObject({ status: 403, refusal: 'INVALID_API_KEY' })
    },
  ],
  [
    'a body that the gateway has read is the app’s',
    async ({ ask }, caller) => {
      const { json, id } = await ask('POST /pets', { json: { name: 'Rex' } })
      expect([json.body, json.gateway.body]).toEqual([{ name: 'Rex' }, { name: 'Rex' }])
      expect(await caller.record(id)).toMatchObject({ status: 200, end: 'answered' })
      expect((await ask('POST /pets', { json: {} })).status).toBe(400)
    },
  ],
  [
    'a refused body keeps nobody else waiting',
    async ({ ask }) => {
      const headers = { 'content-type': 'application/json' }
      const all = [
        ask('POST /locked', { body: 'x'.repeat(100_000), headers }),
        ask('GET /text'),
        ask('GET /me'),
      ]
      expect((await Promise.all(all)).map(({ status }) => status)).toEqual([403, 200, 401])
    },
  ],
  [
    'a hit never reaches the app',
    async ({ ask }, caller) => {
      const path = `/kept/json/${randomUUID()}`
      expect((await ask(`GET ${path}`)).json).toEqual({ own: 1 })
      const hit = await ask(`GET ${path}`)
      expect([hit.json, hit.headers['cache-status']]).toEqual([{ own: 1 }, 'postern; hit; ttl=60'])
      expect(await caller.calls(path)).toBe(1)
    },
  ],
  [
    'a signature is over the body, although no field says that there is one',
    async ({ ask }, caller) => {
      const { headers } = await signed(caller, 'POST /signed', 'alice')
      const { Host, ...rest } = headers as Record<string, string>
      const options = { headers: { ...rest, ':authority': String(Host) } }
      expect((await ask('POST /signed', options)).json).toMatchObject({ size: 0 })
      const forged = await ask('POST /signed', { ...options, body: 'amount=1000000' })
      expect([forged.status, forged.headers['x-amzn-errortype']]).toEqual([403, 'InvalidSignatureException'])
    },
  ],
  [
    'a caller who leaves in the middle of the answer',
    ({ leave }, caller) => leftMidway(leave, caller, constants.NGHTTP2_CANCEL),
  ],
  ['a caller who leaves while the app thinks', ({ leave }, caller) => leftEarly(leave, caller, 'GET')],
  [
    'a caller who leaves a HEAD takes nobody along who waits for the same',
    async ({ ask, leave }, caller) => {
      const path = `/kept/slow/${randomUUID()}`
      const gate = randomUUID()
      const when = () => vi.waitFor(async () => expect(await caller.calls(path)).toBe(1))
      await leave(`HEAD ${path}?gate=${gate}`, { code: constants.NGHTTP2_CANCEL, when })
      const next = ask(`GET ${path}?gate=${gate}`)
      await pause(50)
      await caller.open(gate)
      expect((await next).status).toBe(200)
    },
  ],
  [
    'an app that does not answer in time',
    async ({ ask }) => {
      expect((await ask('GET /never?gate=none')).status).toBe(504)
      expect((await ask('GET /text')).status).toBe(200)
    },
  ],
  [
    'several cookies are several',
    async ({ ask }) => {
      expect((await ask('GET /cookies')).headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; HttpOnly'])
    },
  ],
]

/** Ends that Node does not tell a response of. */
const ODD_ENDS: typeof TESTS = [
  [
    'a caller who leaves in the middle of the answer without an error',
    ({ leave }, caller) => leftMidway(leave, caller, constants.NGHTTP2_NO_ERROR),
  ],
  [
    'a caller who leaves a HEAD while the app thinks',
    ({ leave }, caller) => leftEarly(leave, caller, 'HEAD'),
  ],
]

async function leftMidway(leave: Session['leave'], caller: Caller, code: number): Promise<void> {
  const id = await leave('GET /much?pieces=500', { code, when: 'begun' })
  expect(await caller.record(id)).toMatchObject({ status: 200, end: 'aborted' })
  await caller.noted(id, 'over')
}

async function leftEarly(leave: Session['leave'], caller: Caller, method: 'GET' | 'HEAD'): Promise<void> {
  const before = await caller.calls('/waits')
  const when = () => vi.waitFor(async () => expect(await caller.calls('/waits')).toBe(before + 1))
  const id = await leave(`${method} /waits?gate=never`, { code: constants.NGHTTP2_CANCEL, when })
  expect(await caller.record(id)).toMatchObject({ method, status: 0, end: 'aborted' })
}

export const http2: Topic = ({ caller, can, needs }) => {
  for (const [title, test] of TESTS) {
    needs('http2', title, () => session(caller(), (own) => test(own, caller())))
  }
  if (!can('http2')) return
  needs('certificates', 'the certificate of a session is its caller’s', () =>
    session(
      caller(),
      async ({ ask }) => {
        const { status, json } = await ask('GET /certified')
        expect([status, json.gateway.principal]).toEqual([200, 'CN=carl,O=Acme'])
      },
      directly(CARL),
    ),
  )
  for (const [title, test] of ODD_ENDS) {
    needs('http2-ends', title, () => session(caller(), (own) => test(own, caller())))
  }
  needs('http2-head', 'a HEAD has no body, refused or not', () =>
    session(caller(), async ({ ask }) => {
      expect(await ask('HEAD /text')).toMatchObject({ status: 200, text: '' })
      expect(await ask('HEAD /locked')).toMatchObject({ status: 403, text: '' })
    }),
  )
}
