/** The gateways of the app: one in front of its pages, one that serves its API. */
import { createGateway, logRecord, route } from 'postern'
import { sharedStore, toNext } from 'postern/next'
import { pets } from './pets'

/** The SHA-256 digest of `demo-key-of-the-pet-store`. */
const DEMO = '1711c0eac43601d57e1680acae5d9cf06ea03f04fa4046852b09f8b7f000386a'

/** In front of pages: what the door lets in, and how often. `proxy.ts` exports it. */
export const front = toNext(
  createGateway({
    api: 'pages',
    routes: [route('GET /', { throttle: { rate: 5, burst: 20, per: 'address' } })],
    pass: ['/api/{path+}', '/_next/{path+}', '/favicon.ico'],
    store: sharedStore('pages'),
    onRecord: logRecord,
  }),
)

const gateway = createGateway({
  api: 'petstore',
  routes: [
    route('GET /pets', {}, () => pets.all()),
    route('GET /pets/{petId}', { cache: { ttl: 10 } }, ({ params }) => pets.find(params.petId)),
    route('POST /pets', { apiKey: true, body: 'Pet' }, ({ body, client }) => pets.add(body, client?.name)),
  ],
  models: {
    Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 40 } } },
  },
  plans: { free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } } },
  store: sharedStore('petstore'),
  // A demonstration's key, so that there is one to try. Yours come from `gateway.control.createApiKey`.
  keys: {
    find: (digest) => (digest === DEMO ? { id: 'demo', name: 'acme', plans: ['free'] } : undefined),
  },
  onRecord: logRecord,
})

/** Serves the routes by their handlers: `app/api/[...path]/route.ts` exports its methods. */
export const api = toNext(gateway)
