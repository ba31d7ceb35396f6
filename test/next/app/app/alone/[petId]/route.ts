import type { NextRequest } from 'next/server'
import { gatewayOf } from 'postern/next'
import { gate } from '../../../lib/gateway'

export const GET = gate.route(
  {},
  async (request: NextRequest, { params }: { params: Promise<{ petId: string }> }) => {
    const { sourceIp, params: told, headers } = gatewayOf(request) ?? {}
    return Response.json({
      ...(await params),
      told,
      sourceIp,
      headers,
      page: request.nextUrl.searchParams.get('page'),
    })
  },
)

export const POST = gate.route({ apiKey: true, body: 'Pet' }, async (request: NextRequest) => {
  const { client } = gatewayOf(request) ?? {}
  return Response.json({
    got: await request.json(),
    by: client?.name,
    mode: request.nextUrl.searchParams.get('mode'),
  })
})
