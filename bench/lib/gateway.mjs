/** A gateway with everything on, whose limits nobody reaches. */
import { createGateway, route } from 'postern'
import { ORDER } from './apps/app.mjs'
import { routes } from './routes.mjs'

/** 100 routes of a REST API, 10 resources. */
export const TABLE = routes(100)

export const PLENTY = { rate: 1e6, burst: 1e6 }
const QUOTA = { limit: 1e9, period: /** @type {const} */ ('month') }

/** A plan that nobody uses up. */
export const plenty = { throttle: PLENTY, quota: QUOTA }

/** The routes that are called: as many as a plan may have throttles for. */
export const CALLED = TABLE.filter(({ method }) => method === 'GET').slice(0, 20)

/** A key's own limits: the plan's throttle, one for each method, the quota. */
const plan = {
  throttle: PLENTY,
  quota: QUOTA,
  methods: Object.fromEntries(CALLED.map(({ method, path }) => [`${method} ${path}`, PLENTY])),
}

/** What `onRecord` has seen, and the last of it: neither making a record nor reading it can be optimized away. */
export const seen = { records: 0, last: {}, status: 0, bytes: 0, latency: 0, refused: 0 }

export function seenBy(record) {
  const { status, bytesOut, latency, refusal, route: name, keyId } = record
  seen.last = record
  seen.records++
  seen.status = status
  seen.bytes += bytesOut
  seen.latency += latency
  if (refusal !== undefined || name === undefined || keyId === undefined) seen.refused++
}

/**
 * Throttles: address, plan's method, plan, method, stage, account; and a quota.
 *
 * @param validates whether path, query and bodies are held to what is declared of them
 */
export function busyGateway({ validates = false } = {}) {
  const checks = validates ? checksOf : () => ({})
  return createGateway({
    routes: TABLE.map((each) =>
      route(/** @type {'GET /'} */ (`${each.method} ${each.path}`), {
        ...{ apiKey: true, throttle: PLENTY },
        ...checks(each),
      }),
    ),
    models: { Order: { $schema: 'http://json-schema.org/draft-07/schema#', ...ORDER } },
    plans: { free: plan, spent: { ...plan, throttle: { rate: 1e-4, burst: 1 } } },
    stages: {
      prod: { throttle: [PLENTY, { ...PLENTY, per: 'address' }], variables: { backend: 'blue' } },
      beta: { throttle: PLENTY },
    },
    account: { throttle: PLENTY },
    onRecord: seenBy,
  })
}

/** Ids are numbers, lists have pages, and what is made is an order. */
function checksOf({ method, path }) {
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, { schema: { type: 'integer' } }])
  const page = { schema: { type: 'integer', minimum: 1 }, required: false }
  const query = ids.length === 0 && method === 'GET' ? { page } : {}
  return {
    parameters: { path: Object.fromEntries(ids), query },
    ...(method === 'POST' && ids.length === 0 && { body: /** @type {const} */ ('Order') }),
  }
}

/** The values of keys: the same in every process. */
export function keyValues(count, plan = 'free') {
  return Array.from(
    { length: count },
    (_, index) => `${plan}-7d1f60c29b8e4a53-${String(index).padStart(16, '0')}`,
  )
}

export async function addKeys(gateway, values, plan = 'free') {
  for (const value of values)
    await gateway.control.createApiKey({ name: value.slice(-8), value, plans: [plan] })
}

/** The header fields of a request, as a client sends them through a load balancer of the cloud. */
export function headerFields(apiKey) {
  return {
    host: '127.0.0.1',
    connection: 'keep-alive',
    accept: 'application/json, text/plain, */*',
    'accept-encoding': 'gzip, deflate, br',
    'accept-language': 'en-GB,en;q=0.9,de;q=0.7',
    'user-agent': 'acme-shop/4.2.1 (node 20; linux) axios/1.7.9',
    'x-api-key': apiKey,
    'cache-control': 'no-cache',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    referer: 'https://shop.acme.example/orders?page=2',
    origin: 'https://shop.acme.example',
    cookie: 'sid=s%3A1f0c2b7e.9a8d; theme=dark; _ga=GA1.2.1716',
  }
}
