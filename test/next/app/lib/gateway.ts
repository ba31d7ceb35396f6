import { createGateway, type ExchangeRecord, route } from 'postern'
import { sharedStore, toNext } from 'postern/next'

const global = globalThis as { records?: ExchangeRecord[]; errors?: string[]; loads?: number }
global.records ??= []
global.errors ??= []
global.loads = (global.loads ?? 0) + 1
const { records, errors } = global

const shared = {
  store: sharedStore('fixture'),
  plans: { free: {}, slow: { throttle: { rate: 0.001, burst: 3 } } },
  limits: { body: 100_000 },
  models: { Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
  onRecord: (record: ExchangeRecord) => records.push(record),
  onError: (error: unknown) => errors.push(String(error)),
} as const

/** In front of all that `matcher` names, and of single handlers. */
export const gateway = createGateway({
  ...shared,
  api: 'front',
  stages: { prod: {} },
  authorizers: {
    thoughtful: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return { principal: 'ada' }
    },
  },
  routes: [
    route('GET /'),
    route('GET /locked', { apiKey: true }),
    route('ANY /pets/{petId}', { throttle: { rate: 0.001, burst: 100 } }),
    route('ANY /api/old/{petId}', { apiKey: true }),
    route('GET /time', {}, () => ({ time: 'now' })),
    route('POST /late', { authorize: 'thoughtful' }),
  ],
})
export const gate = toNext(gateway, { stage: 'prod' })

/** Serves by itself what its routes' handlers answer. */
export const shop = toNext(
  createGateway({
    ...shared,
    api: 'shop',
    stages: { prod: {}, beta: {} },
    cors: { origins: ['https://acme.test'] },
    minimumCompressionSize: 10,
    routes: [
      route('GET /pets/{petId}', {}, ({ params, stage }) => ({ id: params.petId, stage })),
      route('POST /pets', { body: 'Pet', apiKey: true }, ({ body, client }) => ({
        got: body,
        by: client?.name,
      })),
      route('GET /files/{path+}', {}, ({ params }) => ({ path: params.path })),
    ],
  }),
)
