import { gateway } from '../../lib/gateway'

const global = globalThis as { records?: object[]; errors?: string[]; loads?: number }

/** What the test asks of the process. */
export async function GET() {
  const { records, errors, loads } = global
  return Response.json({ records, errors, loads, pid: process.pid })
}

export async function POST(request: Request) {
  const { value } = await gateway.control.createApiKey(await request.json())
  return Response.json({ value })
}
