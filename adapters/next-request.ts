/** A request in Next's hands, as the core sees it. */
import { PosternError } from '../src/errors.js'
import type { Gateway } from '../src/gateway.js'
import { type Caller, FetchRequest, type Framed } from '../src/web/request.js'
import { type Arrival, arrival, callerOfArrival, wasSent } from './arrivals.js'
import { type CallerSource, callerOf } from './callers.js'

/** Where a Next app runs. */
export interface Hosted {
  /**
   * Left out under `next start`, `next dev` and Node servers of your own, where the connection tells everything. On
   * other hosts, how what a `Request` does not tell is found out: `callers.vercel`.
   */
  readonly caller?: CallerSource<[]>
}

/** Next's own requests have the URL in parts. */
interface NextRequest extends Request {
  readonly nextUrl?: { readonly basePath: string }
}

type Params = Readonly<Record<string, string | string[] | undefined>>

/** Next fills these in where the caller has sent none, and leaves them be where it has: nobody's word can be told. */
const FILLED_IN = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto']

/**
 * A request as it arrived, or an answer to one that nobody can say whose it is.
 *
 * @param localTarget Default: what is below the `basePath` of next.config
 */
export function arrive(
  gateway: Gateway,
  request: Request,
  { caller }: Hosted,
  localTarget: string = belowBase(request),
): FetchRequest | Response {
  const framed = { localTarget, remake: remaker(request) }
  if (caller !== undefined) return new FetchRequest(request, callerOf(caller, request, []), false, framed)
  const came = arrival()
  const told = came ? callerOfArrival(came) : guessed(request)
  if (told !== undefined) {
    return new FetchRequest(request, told, false, { ...framed, headers: sentHeaders(request, came) })
  }
  gateway.report(new PosternError('CALLER_UNKNOWN', UNKNOWN))
  return new Response(null, { status: 503, headers: { 'retry-after': '1' } })
}

const UNKNOWN =
  'nobody can say who sent this request: it came before the gateway was loaded, or by a host without a Node server. ' +
  'Load the gateway when the server starts, `await import()` it in `register` of instrumentation.ts, or give ' +
  '`caller`, toNext(gateway, { caller: callers.vercel })'

/** In development and tests a module is loaded by the first request that needs it: Next's own word is good enough. */
function guessed({ url, headers }: Request): Caller | undefined {
  if (process.env.NODE_ENV === 'production') return undefined
  const address = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim()
  return { address: address ?? '127.0.0.1', secure: url.startsWith('https:') }
}

function sentHeaders({ headers }: Request, came: Arrival | undefined): Headers {
  const sent = new Headers(headers)
  for (const name of FILLED_IN) if (came === undefined || !wasSent(came.request, name)) sent.delete(name)
  return sent
}

/** The request that a handler gets is of Next's class, too, where its body goes through the gateway. */
function remaker(request: NextRequest): Framed['remake'] {
  const { nextUrl } = request
  if (nextUrl === undefined) return undefined
  const { basePath } = nextUrl
  const NextRequest = request.constructor as new (url: string, init: object) => Request
  return (url, init) => new NextRequest(url, { ...init, nextConfig: { basePath } })
}

/** Path and query without the `basePath` of next.config, which Next's own routes leave out, too. */
function belowBase(request: NextRequest): string {
  const { pathname, search } = new URL(request.url)
  const { basePath = '' } = request.nextUrl ?? {}
  const below = basePath !== '' && `${pathname}/`.startsWith(`${basePath}/`)
  return ((below ? pathname.slice(basePath.length) : pathname) || '/') + search
}

/** What `[...path]` stands for, with the query; `undefined` where the route's file has no such folder. */
export function pathBelow({ url }: Request, params: Params | undefined): string | undefined {
  const rest = Object.values(params ?? {}).findLast((value) => Array.isArray(value))
  return rest && `/${rest.map(encodeURIComponent).join('/')}${new URL(url).search}`
}

/** As the core has them: the segments of `[...path]` joined again, what was not there left out. */
export function textOf(params: Params | undefined): Readonly<Record<string, string>> | undefined {
  if (params === undefined) return undefined
  const given = Object.entries(params)
  return Object.fromEntries(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join('/')]])),
  )
}
