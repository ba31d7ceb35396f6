/** What goes out through Next: the gateway's own answers, and what a handler throws that Next would answer. */
import { Answer, fieldOf } from '../src/answer.js'
import { responseOf } from '../src/web/response.js'
import { type Arrival, arrival } from './arrivals.js'
import { NodeRequest } from './request.js'
import { closeAfter, isUnread } from './write.js'

/**
 * A `Response` for Next to send. What it takes off a response's head, and what a response cannot say, is said to the
 * connection itself.
 *
 * @param own whether the gateway answers, and not the app
 */
export function sent(result: unknown, request: Request, own: boolean): Response {
  const came = arrival()
  if (own && came !== undefined && result instanceof Answer) frame(came, result)
  return responseOf(result, request)
}

function frame({ request, response, socket, target }: Arrival, { headers }: Answer): void {
  if (response.headersSent) return
  const coding = fieldOf(headers, 'content-encoding')
  if (coding !== undefined) response.setHeader('content-encoding', coding)
  const length = fieldOf(headers, 'content-length')
  if (request.method === 'HEAD' && length !== undefined) response.setHeader('content-length', length)
  if (isUnread(new NodeRequest(request, response, target, target, false))) {
    closeAfter({ req: request, res: response, socket, isHttp2: false })
  }
}

/**
 * What `redirect()`, `notFound()` and their like mean, which throw.
 *
 * @returns `undefined` where it is an error indeed
 * @see https://nextjs.org/docs/app/api-reference/functions/redirect
 */
export function thrownAnswer(error: unknown): Response | undefined {
  const [word, ...told] = String((error as { digest?: unknown } | undefined)?.digest).split(';')
  if (word === 'NEXT_HTTP_ERROR_FALLBACK') return new Response(null, { status: Number(told[0]) })
  if (word !== 'NEXT_REDIRECT') return undefined
  // How, where, with which status, and nothing: where may have semicolons in it.
  const location = told.slice(1, -2).join(';')
  return new Response(null, { status: Number(told.at(-2)), headers: { location } })
}
