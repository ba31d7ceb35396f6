import { gatewayOf } from 'postern/next'
import { gate } from '../../../lib/gateway'

export const GET = gate.route('GET /pets/{petId}', { throttle: { rate: 0.001, burst: 2 } }, (request) => {
  const gateway = gatewayOf(request)
  return Response.json({
    params: gateway?.params,
    stage: gateway?.stage,
    path: new URL(request.url).pathname,
  })
})

export const POST = gate.route('POST /pets/{petId}', { apiKey: true, body: 'Pet' }, async (request) => {
  const { client, body } = gatewayOf(request) ?? {}
  return Response.json({ got: await request.json(), body, by: client?.name })
})
