import { Api, type Context, createGateway, Route, route, routesOf } from 'postern'
import { send, testClock } from 'postern/testing'

export const gateway = createGateway({
  routes: [route('GET /pets/{petId}'), route('POST /pets', { apiKey: true, body: 'Pet' })],
  models: { Pet: { type: 'object', required: ['name'] } },
  stages: { prod: { throttle: { rate: 100, burst: 200 } }, beta: {} },
  plans: { free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } } },
  clock: testClock('2026-01-01T00:00:00Z'),
})

createGateway({
  // @ts-expect-error: no model has this name
  routes: [route('POST /pets', { body: 'Pett' })],
  models: { Pet: { type: 'object' } },
})

export async function call(): Promise<number> {
  const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const answer = await send(gateway, 'POST /prod/pets', { apiKey: value, json: { name: 'Rex' } })
  return answer.status
}

@Api({ path: '/pets' })
class Pets {
  @Route('GET /{petId}', { parameters: { query: { full: false } } })
  find({ params, query }: Context<'GET /{petId}', unknown, { readonly full?: unknown }>): unknown {
    return [params.petId, query.full]
  }

  // @ts-expect-error: the pattern has no such parameter
  @Route('GET /{petId}/toys')
  toys(_context: Context<'GET /{pet}/toys'>): void {}
}

createGateway({ routes: routesOf(new Pets()), stages: { prod: {} } })
