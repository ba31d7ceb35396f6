/** API routes of Next's Pages Router: plain Node, behind Next's own body parser. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { arrival, wasSent } from './arrivals.js'
import { handOver } from './forward.js'
import { run, send } from './listener.js'
import { adopted } from './next-proxy.js'
import { NodeRequest } from './request.js'

/** As Next calls it, with its `NextApiRequest` and `NextApiResponse`. */
export type ApiHandler<Q, S> = (req: Q, res: S) => unknown

export function apiRoute(
  gateway: Gateway,
  inline: number,
  handler: ApiHandler<IncomingMessage, ServerResponse>,
): ApiHandler<IncomingMessage, ServerResponse> {
  return (req, res) =>
    new Promise<void>((resolve) => {
      const request = new ApiRequest(req, res)
      res.once('close', resolve)
      const forward = (exchange: Exchange): Passed => {
        req.gateway = exchange
        if (handOver(gateway, exchange)) run(gateway, exchange, request, () => handler(req, res))
        return passed
      }
      const outer = req.gateway ?? adopted(gateway, request)
      send(gateway, request, gateway.handleInline(inline, request, forward, outer))
    })
}

/** What Next has filled in of forwarding headers stands beside what was sent. */
class ApiRequest extends NodeRequest {
  constructor(req: IncomingMessage, res: ServerResponse) {
    const url = req.url ?? ''
    super(req, res, arrival()?.target ?? url, url, false)
  }

  override get unread(): string {
    return '`export const config = { api: { bodyParser: false } }` in the file of the API route'
  }

  override header(name: string): string | undefined {
    if (name.startsWith('x-forwarded-') && !wasSent(this.req, name)) return undefined
    return super.header(name)
  }
}
