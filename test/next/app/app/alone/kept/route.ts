import { gate } from '../../../lib/gateway'

let calls = 0

export const GET = gate.route('GET /alone/kept', { cache: { ttl: 60 } }, () =>
  Response.json({ call: ++calls }),
)
