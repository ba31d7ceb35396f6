/** Ids of requests: the caller's where it is a UUID, as AWS has it; else the user's own, or random ones. */
import type { GatewayRequest } from './port.js'
import { uuid } from './uuid.js'

/** Makes the id of each request. Ids are sent in a header: what no header can carry is none. */
export function requestIds(
  own: (() => string) | undefined,
  report: (error: unknown) => void,
): (request: GatewayRequest) => string {
  const made = own === undefined ? uuid : () => sendable(own, report)
  return (request) => {
    const given = request.header('x-amzn-requestid')
    return given !== undefined && UUID.test(given) ? given : made()
  }
}

function sendable(own: () => string, report: (error: unknown) => void): string {
  try {
    const id = own()
    if (VISIBLE.test(id)) return id
    report(new TypeError('`ids` gave what no header can carry'))
  } catch (error) {
    report(error)
  }
  return uuid()
}

const VISIBLE = /^[\x21-\x7e]+$/
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
