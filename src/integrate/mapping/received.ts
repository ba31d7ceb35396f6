/** The body of a request, as mappings look into it: whole, and no longer compressed. */
import type { Exchange } from '../../exchange.js'
import { encodingsOf, inflated } from '../../inflate.js'
import { Unmapped } from './faults.js'

/** Rejects with `Unmapped`, and with what reading a body does. */
export async function received({ request }: Exchange, limit: number): Promise<Uint8Array> {
  const field = request.header('content-encoding')
  const encodings = encodingsOf(field)
  if (encodings === 'unknown')
    throw new Unmapped('UNSUPPORTED_MEDIA_TYPE', `a body that is encoded by '${field}' cannot be mapped`)
  const bytes = await request.body(limit)
  if (encodings.length === 0 || bytes.length === 0) return bytes
  const whole = await inflated(bytes, encodings, limit)
  if (whole === 'large')
    throw new Unmapped('REQUEST_TOO_LARGE', `the body inflates to more than ${limit} bytes`)
  if (whole === 'broken') throw new Unmapped('BAD_REQUEST_BODY', 'the body cannot be inflated')
  return whole
}
