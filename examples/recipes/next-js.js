/**
 * Next.js.
 *
 * Next 16 and 15. Make the gate in one module; handlers, `proxy.ts` and `instrumentation.ts` import it.
 */
import { createGateway, route } from 'postern'
import { gatewayOf, sharedStore, toNext } from 'postern/next'

// lib/gateway.ts
const gateway = createGateway({
  routes: [route('GET /pets/{petId}', {}, ({ params }) => ({ id: params.petId })), route('GET /')],
  plans: { free: {} },
  store: sharedStore('pets'), // Next loads this module more than once; counters and keys are one
  unmatched: 'pass',
})
export const gate = toNext(gateway)

// app/pets/route.ts: a handler with a policy of its own, called as Next calls it
export const POST = gate.route({ apiKey: true }, async (request) => {
  const pet = await request.json()
  return Response.json({ pet, by: gatewayOf(request)?.client?.name })
})

// proxy.ts: in front of pages and handlers. Next 15: `middleware` in middleware.ts, with `runtime: 'nodejs'` in its config
export const proxy = gate.proxy
export const config = { matcher: ['/((?!_next/static).*)'] }

const context = { params: Promise.resolve({}) }
console.log((await POST(new Request('http://localhost:3000/pets', { method: 'POST', body: '{}' }), context)).status) // => 403
