/** A pet store's gateway: the definition and nothing else, so that a test can make one with a clock of its own. */
import { route } from 'postern'

/** @satisfies {import('postern').GatewayDefinition<'Pet', 'free' | 'gold', never>} */
export const petStore = {
  api: 'petstore',
  routes: [
    route('GET /pets', { cors: true }),
    route('GET /pets/{petId}', { cors: true, cache: { ttl: 10 } }),
    route('POST /pets', { apiKey: true, body: 'Pet' }),
    route('DELETE /pets/{petId}', { apiKey: { plans: ['gold'] } }),
  ],
  models: {
    Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 40 } } },
  },
  plans: {
    free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } },
    gold: { throttle: { rate: 50, burst: 100 } },
  },
  stages: {
    prod: { throttle: { rate: 100, burst: 200 }, variables: { greeting: 'Welcome to the pet store' } },
    beta: { variables: { greeting: 'Welcome to what comes next' } },
  },
  pass: ['/health'],
}
