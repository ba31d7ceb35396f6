/**
 * What the app does, in no framework's words, and what the gateway demands for it. Each app of `apps/` says it in its
 * framework's own way.
 */
import { createHash } from 'node:crypto'
import type { CacheInvalidation, GatewayContext, Policy } from 'postern'
import type { State } from './state.js'

/** A request, as the framework has it. */
export interface Call {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  /** All values of each name. */
  readonly query: Readonly<Record<string, readonly string[]>>
  header(name: string): string | undefined
  readonly gateway: GatewayContext | undefined
  /** As the framework's parser for what the endpoint `reads` makes it. */
  readonly body: unknown
  /** Where the endpoint reads a stream. */
  readonly stream: AsyncIterable<Uint8Array>
  /** Calls back when the caller has left before it was answered. */
  onLeft(left: () => void): void
}

export type Pieces = AsyncIterable<string | Uint8Array>

/** An answer: at most one of the four kinds of body. */
export interface Reply {
  readonly status?: number
  /** Several of one name are all sent. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly json?: unknown
  readonly text?: string
  readonly bytes?: Uint8Array
  readonly pieces?: Pieces
}

/** How the app reads a body: by the framework's parser, or as it comes. */
export type Reads = 'json' | 'form' | 'text' | 'bytes' | 'stream'

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'ANY'
  /** `/items/{id}`, `/files/{path+}`: each framework has its own way to write that. */
  readonly path: string
  /** Both. */
  readonly pattern: string
  readonly policy: Policy
  readonly reads: Reads | undefined
  /** Throws at once or later, where it is to. */
  readonly answer: (call: Call, state: State) => Reply | Promise<Reply>
}

export const MB = 1_048_576

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function endpoint(pattern: string, policy: Policy, answer: Endpoint['answer'], reads?: Reads): Endpoint {
  const [method, path = ''] = pattern.split(' ')
  return { method: method as Endpoint['method'], path, pattern, policy, answer, reads }
}

/** Names what the gateway has told the app. */
function told(gateway: GatewayContext | undefined): object | undefined {
  if (gateway === undefined) return undefined
  const { requestId, client, plan, stage, canary, variables, route, params, principal, sourceIp } = gateway
  const { authorizer, body, query, headers } = gateway
  const known = { requestId, client, plan, stage, canary, variables, route, params, principal, sourceIp }
  return { ...known, authorizer, body, query, headers }
}

/** Answers with all that the app was given. */
const tell: Endpoint['answer'] = ({ method, url, params, query, gateway, body }) => ({
  json: { method, url, params, query, body, gateway: told(gateway) },
})

const protect: Endpoint['answer'] = (_call, state) => {
  state.count('protected')
  return { text: 'protected' }
}

const idOf = ({ gateway }: Call) => gateway?.requestId ?? ''
const pathOf = ({ url }: Call) => url.split('?', 1)[0] ?? ''
const asked = ({ query }: Call, name: string) => query[name]?.[0] ?? ''

async function digest(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Reply> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    hash.update(chunk)
  }
  return { json: { size, sha256: hash.digest('hex') } }
}

/** Bytes that do not repeat soon. */
export function bytesOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = 1
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Counts what comes, and notes the first of it: a body that is gathered first would not be seen before its end. */
async function receive(call: Call, state: State): Promise<Reply> {
  let size = 0
  try {
    for await (const chunk of call.stream) {
      if (size === 0) state.note(idOf(call), 'begun')
      size += chunk.length
    }
  } catch (error) {
    state.note(idOf(call), 'broken off')
    throw error
  }
  state.note(idOf(call), 'whole')
  return { json: { size } }
}

async function* loud(stream: AsyncIterable<Uint8Array>): Pieces {
  for await (const chunk of stream) yield new TextDecoder().decode(chunk).toUpperCase()
}

/** Gives the next piece when the suite has seen the one before. */
async function* gated(call: Call, state: State, pieces: readonly string[]): Pieces {
  try {
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) await state.gate(`${asked(call, 'gate')}-${at}`)
      yield piece
    }
    state.note(idOf(call), 'whole')
  } finally {
    state.note(idOf(call), 'over')
  }
}

/** More than anybody's buffers hold, without an end unless the reader keeps up. */
async function* much(call: Call, state: State, pieces: number): Pieces {
  const piece = bytesOf(65_536)
  try {
    for (let sent = 0; sent < pieces; sent++) {
      state.count(`pieces of ${idOf(call)}`)
      yield piece
    }
  } finally {
    state.note(idOf(call), 'over')
  }
}

async function* broken(): Pieces {
  yield 'begun'
  await pause(20)
  throw new Error('the source is broken')
}

/** Waits for the suite, or until its caller leaves. */
async function wait(call: Call, state: State): Promise<Reply> {
  state.count('/waits')
  const left = new Promise<string>((resolve) => call.onLeft(() => resolve('left')))
  const opened = state.gate(asked(call, 'gate')).then(() => 'opened')
  const what = await Promise.race([left, opened])
  state.note(idOf(call), what)
  return { json: { what } }
}

async function never(call: Call, state: State): Promise<Reply> {
  await state.gate(asked(call, 'gate'))
  setTimeout(() => state.note(idOf(call), 'answered late'), 50)
  return { headers: [['x-late', '1']], json: { late: true } }
}

/** The ways of an answer to be kept or not, by the last but one segment of the path. */
const WAYS: Readonly<Record<string, (call: Call, state: State, own: number) => Reply | Promise<Reply>>> = {
  json: (_call, _state, own) => ({ json: { own }, headers: [['x-own', String(own)]] }),
  text: (_call, _state, own) => ({ text: `own ${own}`, headers: [['content-type', 'text/plain']] }),
  bytes: (_call, _state, own) => ({
    bytes: new Uint8Array([own, 0, 255]),
    headers: [['content-type', 'application/octet-stream']],
  }),
  pieces: (call, state, own) => ({
    pieces: gated(call, state, [`own ${own}`]),
    headers: [['content-type', 'text/plain']],
  }),
  slow: async (call, state, own) => {
    await state.gate(asked(call, 'gate'))
    return { json: { own } }
  },
  cookie: (_call, _state, own) => ({ json: { own }, headers: [['set-cookie', `own=${own}`]] }),
  private: (_call, _state, own) => ({ json: { own }, headers: [['cache-control', 'private']] }),
  large: (_call, _state, own) => ({
    bytes: bytesOf(2 * MB),
    headers: [
      ['content-type', 'application/octet-stream'],
      ['x-own', String(own)],
    ],
  }),
  events: (call, state, own) => ({
    pieces: gated(call, state, [`data: own ${own}\n\n`, 'data: more\n\n']),
    headers: [['content-type', 'text/event-stream']],
  }),
  broken: (_call, _state, own) =>
    own === 1 ? { pieces: broken(), headers: [['content-type', 'text/plain']] } : { text: `own ${own}` },
  failing: (_call, _state, own) => (own === 1 ? { status: 500, json: { own } } : { json: { own } }),
  // From the second time on.
  'slow-again': async (call, state, own) => {
    if (own > 1) await state.gate(asked(call, 'gate'))
    return { json: { own } }
  },
  'failing-again': (_call, _state, own) => ({ status: own === 1 ? 200 : 503, json: { own } }),
  'throwing-again': (_call, _state, own) => {
    if (own > 1) throw new Error('thrown by the app')
    return { json: { own } }
  },
}

function keep(call: Call, state: State): Reply | Promise<Reply> {
  const own = state.count(pathOf(call))
  const way = WAYS[call.params.way ?? '']
  return way === undefined ? { status: 404 } : way(call, state, own)
}

/** @param unauthorized what those get who may not have the cache forget */
const keeping = (unauthorized: CacheInvalidation['unauthorized']): Policy => ({
  cache: { ttl: 60, invalidation: { unauthorized } },
})

const cors = {
  origins: ['https://acme.test'],
  credentials: true,
  maxAge: '10m',
  exposeHeaders: ['x-own'],
} as const

export const ENDPOINTS: readonly Endpoint[] = [
  // What reaches the app, and what goes back.
  endpoint('GET /echo', {}, tell),
  endpoint('GET /items/{id}', {}, tell),
  endpoint('GET /items/{id}/parts/{part}', {}, tell),
  endpoint('GET /files/{path+}', {}, tell),
  endpoint('POST /json', {}, tell, 'json'),
  endpoint('POST /form', {}, tell, 'form'),
  endpoint('POST /text', {}, tell, 'text'),
  endpoint('POST /bytes', {}, ({ body }) => digest([body as Uint8Array]), 'bytes'),
  endpoint('POST /stream', {}, ({ stream }) => digest(stream), 'stream'),
  endpoint('POST /upload', {}, receive, 'stream'),
  endpoint(
    'POST /loud',
    {},
    ({ stream }) => ({ pieces: loud(stream), headers: [['content-type', 'text/plain']] }),
    'stream',
  ),
  endpoint('POST /ignored', {}, () => ({ json: { ignored: true } })),
  endpoint('GET /empty', {}, () => ({})),
  endpoint('GET /text', {}, () => ({
    text: 'Rex ä😀',
    headers: [['content-type', 'text/plain; charset=utf-8']],
  })),
  endpoint('GET /bytes', {}, () => ({
    bytes: new Uint8Array([0, 1, 2, 255]),
    headers: [['content-type', 'application/octet-stream']],
  })),
  endpoint('GET /large', {}, () => ({
    bytes: bytesOf(5 * MB),
    headers: [['content-type', 'application/octet-stream']],
  })),
  endpoint('GET /teapot', {}, () => ({ status: 418, json: { short: true }, headers: [['x-stout', 'yes']] })),
  endpoint('GET /no-content', {}, () => ({ status: 204 })),
  endpoint('GET /versioned', {}, (call) =>
    call.header('if-none-match') === '"v1"'
      ? { status: 304, headers: [['etag', '"v1"']] }
      : { text: 'version 1', headers: [['etag', '"v1"']] },
  ),
  endpoint('GET /moved', {}, () => ({ status: 302, headers: [['location', '/elsewhere']] })),
  endpoint('GET /cookies', {}, () => ({
    text: 'two',
    headers: [
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2; HttpOnly'],
    ],
  })),
  endpoint('GET /pieces', {}, (call, state) => ({
    pieces: gated(call, state, ['one ', 'two ', 'three']),
    headers: [['content-type', 'text/plain']],
  })),
  endpoint('GET /events', {}, (call, state) => ({
    pieces: gated(call, state, ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']),
    headers: [
      ['content-type', 'text/event-stream'],
      ['cache-control', 'no-cache'],
    ],
  })),
  endpoint('GET /much', {}, (call, state) => ({
    pieces: much(call, state, Number(asked(call, 'pieces'))),
    headers: [['content-type', 'application/octet-stream']],
  })),

  // What goes wrong.
  endpoint('GET /throws', { cors }, () => {
    throw new Error('thrown by the app')
  }),
  endpoint('GET /rejects', { cors }, async () => {
    await pause(5)
    throw new Error('rejected by the app')
  }),
  endpoint('GET /breaks', {}, () => ({ pieces: broken(), headers: [['content-type', 'text/plain']] })),
  endpoint('GET /waits', {}, wait),
  endpoint('GET /never', { timeout: 200 }, never),

  // What the gateway demands.
  endpoint('GET /locked', { apiKey: true }, tell),
  endpoint('POST /locked', { apiKey: true }, tell, 'json'),
  endpoint('GET /gold', { apiKey: { plans: ['gold'] } }, tell),
  endpoint('GET /me', { authorize: 'user' }, tell),
  endpoint('GET /away', { authorize: 'away' }, tell),
  endpoint('GET /staff', { authorize: 'staff' }, tell),
  endpoint('PUT /staff', { authorize: { authorizer: 'staff', scopes: ['pets:write'] } }, tell),
  endpoint('GET /token', { authorize: 'token' }, tell),
  endpoint('GET /asked/{id}', { authorize: 'request' }, tell),
  endpoint('GET /certified', { authorize: 'certified' }, tell),
  endpoint('GET /signed', { authorize: 'iam' }, tell),
  endpoint('POST /signed', { authorize: 'iam' }, ({ stream }) => digest(stream), 'stream'),
  endpoint('POST /pets', { body: 'Pet' }, tell, 'json'),
  endpoint('PUT /pets', { body: 'Pet', errors: 'detailed' }, tell, 'json'),
  endpoint(
    'GET /search',
    {
      parameters: {
        query: { kind: true, limit: { schema: { type: 'integer', minimum: 1 } } },
        header: { 'x-tenant': true },
      },
    },
    tell,
  ),
  endpoint('GET /limited', { throttle: { rate: 1, burst: 2, per: 'address' } }, tell),
  endpoint(
    'GET /observed',
    { apiKey: { mode: 'observe' }, throttle: { rate: 1, burst: 1, mode: 'observe' } },
    tell,
  ),
  endpoint('GET /cross', { cors }, () => ({ json: { read: true }, headers: [['x-own', '1']] })),
  endpoint('PUT /cross', { apiKey: true, cors }, tell),
  endpoint('GET /kept/{way}/{id}', { cache: { ttl: 60 } }, keep),
  endpoint('GET /kept-for/{way}/{id}', { apiKey: true, cache: { ttl: 60 } }, keep),
  endpoint('GET /kept-mine/{way}/{id}', { authorize: 'token', cache: { ttl: 60 } }, keep),
  endpoint('GET /kept-silent/{way}/{id}', keeping('SUCCEED_WITHOUT_RESPONSE_HEADER'), keep),
  endpoint('GET /kept-strict/{way}/{id}', keeping('FAIL_WITH_403'), keep),
  endpoint(
    'GET /kept-stale/{way}/{id}',
    { cache: { ttl: 60, staleWhileRevalidate: 60, staleIfError: 120 } },
    keep,
  ),

  // What nobody gets past: the suite has no key for it, but for one try.
  ...['/admin', '/admin/{id}', '/admin/files/{path+}', '/internal', '/internal/{path+}'].map((path) =>
    endpoint(`ANY ${path}`, { apiKey: true }, protect),
  ),
]
