/** A pet shop for every runtime: each file beside this one serves it in its own way. */
import { createGateway, digestApiKey, route } from 'postern'
import { gatewayOf, toFetch } from 'postern/fetch'
import { issuer, jwks } from './issuer.mjs'

const ROWS = new Map([
  [digestApiKey('a-key-of-acme-of-some-length'), { id: 'k1', name: 'acme', plans: ['free'] }],
])
const ALICE = {
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  principal: 'arn:aws:iam::123456789012:user/alice',
  policies: [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }],
}
const DRAFT_04 = 'http://json-schema.org/draft-04/schema#'
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema'
const name = { type: 'string', pattern: '^[A-Z][a-z]+$' }
const born = { type: 'string', format: 'date' }

const definition = {
  models: {
    Pet: { type: 'object', required: ['name'], properties: { name, born } },
    Old: { $schema: DRAFT_04, properties: { age: { minimum: 0, exclusiveMinimum: true } } },
    New: { $schema: DRAFT_2020, properties: { kind: { const: 'dog' }, old: { $ref: 'Old' } } },
  },
  routes: [
    route('GET /pets/{petId}', { apiKey: true }),
    route('POST /pets', { body: 'Pet' }),
    route('POST /old', { body: 'Old' }),
    route('POST /new', { body: 'New' }),
    route('GET /login', { throttle: { rate: 0.001, burst: 1, per: 'address' } }),
    route('GET /staff', { authorize: { jwt: { issuer, audience: 'pets', jwks } } }),
    route('GET /kept', { cache: true }),
    route('GET /stream'),
    route('GET /slow', { timeout: 50 }),
    route('GET /throws'),
  ],
  plans: { free: { quota: { limit: 2, period: 'day' } } },
  keys: { find: async (digest) => ROWS.get(digest) },
}

/** Without an app: each route has its handler. */
const own = {
  routes: [
    route(
      'GET /own/{petId}',
      { parameters: { path: { petId: { schema: { type: 'integer' } } } } },
      ({ params }) => ({
        own: params.petId,
      }),
    ),
  ],
}

let calls = 0

const PAGES = {
  'GET /login': (_, { sourceIp }) => Response.json({ from: sourceIp }),
  'GET /staff': (_, { principal }) => Response.json({ principal }),
  'GET /signed': (_, { principal }) => Response.json({ principal }),
  'GET /kept': async () => {
    calls++
    await pause(100)
    return Response.json({ calls })
  },
  'GET /stream': () => new Response(inPieces('Rex, ', 'Tom')),
  'GET /slow': async () => {
    await pause(2000)
    return new Response('late')
  },
  'GET /throws': () => {
    throw new Error('not today')
  },
}

async function app(request) {
  const { pathname } = new URL(request.url)
  const context = gatewayOf(request)
  const page = PAGES[`${request.method} ${pathname}`]
  if (page !== undefined) return page(request, context)
  if (request.method === 'POST') return Response.json({ got: await request.json() }, { status: 201 })
  return Response.json({ id: context.params.petId, client: context.client?.name })
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function inPieces(...pieces) {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const piece = pieces.shift()
      if (piece === undefined) return controller.close()
      controller.enqueue(encoder.encode(piece))
      await pause(500)
    },
  })
}

/** Of those who sign, the gateway must know the path as it was sent: a URL has it, where none wrote `/a/../b`. */
function target({ url }) {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** @param caller how the runtime tells who calls */
export function petShop(caller) {
  const errors = []
  const gateway = createGateway({ ...definition, onError: (error) => errors.push(String(error)) })
  const signed = createGateway({
    routes: [route('GET /signed', { authorize: 'iam' })],
    credentials: async (id) => (id === 'AKIDALICE' ? ALICE : undefined),
  })
  const gates = {
    mounted: toFetch(gateway, app, { caller }),
    signed: toFetch(signed, app, { caller: { ...caller, target } }),
    own: createGateway(own),
  }
  return (request, ...rest) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/errors') return Response.json(errors)
    if (pathname === '/signed') return gates.signed(request, ...rest)
    if (pathname.startsWith('/own/')) {
      const secure = caller.secure(request, ...rest)
      return gates.own.fetch(request, { address: caller.address(request, ...rest), secure })
    }
    return gates.mounted(request, ...rest)
  }
}
