/** HTTP_PROXY: everything is passed on, and everything comes back. */
import {
  type Exchange,
  type Integration,
  type Outcome,
  type Passed,
  passed,
  ReceivedAnswer,
  Refusal,
} from '../../exchange.js'
import type { Inbound, IntegrationSite } from '../../integration.js'
import { isPromise } from '../../store/bounded.js'
import { type ByteStream, release } from '../../stream.js'
import { awaitBody, bodyOf } from './body.js'
import { answerFields, isNamed } from './fields.js'
import { type Compiling, type Mapped, methodOf } from './integration.js'
import { PathTemplate, QueryTemplate } from './path.js'
import { requestFields } from './request-fields.js'
import type { Sent, Upgraded } from './sending.js'
import { sent } from './transport.js'

/** Parameters of a request that are mapped, where nothing else of it is. */
export interface MapParameters {
  (exchange: Exchange): Mapped | Refusal | Promise<Mapped | Refusal>
  readonly readsBody: boolean
  /** Of which nothing that the caller says is passed on, whether or not there is a value for them. */
  readonly names: { readonly header: ReadonlySet<string>; readonly querystring: ReadonlySet<string> }
}

/** Compiles what {@link MapParameters} does. */
export type ParametersOf = (
  parameters: Readonly<Record<string, string>>,
  site: IntegrationSite,
) => MapParameters

type Body = Uint8Array | ByteStream | undefined

/** @param parametersOf compiles mappings of parameters */
export function proxied({ options, site, rules, way }: Compiling, parametersOf: ParametersOf): Integration {
  const { request, via = 'postern' } = options
  const parameters = typeof request === 'function' ? undefined : request?.parameters
  const map = parameters && parametersOf(parameters, site)
  const template = new PathTemplate(way.path, site.route.path)
  const query = new QueryTemplate(way.query)
  const method = methodOf(options)
  const host = way.host === undefined ? [] : ['host', way.host]

  function forward(exchange: Exchange, body: Body): Outcome | Promise<Outcome | Passed> {
    const given = map?.(exchange)
    return isPromise(given) ? given.then((late) => send(exchange, body, late)) : send(exchange, body, given)
  }

  function send(
    exchange: Exchange,
    body: Body,
    given: Mapped | Refusal | undefined,
  ): Outcome | Promise<Outcome | Passed> {
    if (given instanceof Refusal) return given
    const path = template.fill(exchange, given?.path)
    if (path instanceof Refusal) return path
    const stated = given === undefined ? host : withHost(given.headers, host)
    const outbound = {
      origin: '',
      method: method(exchange),
      path: path + query.fill(exchange, queryOf(exchange), given, map?.names.querystring),
      headers: requestFields(exchange, body, via, stated, map?.names.header),
      body,
      upgrade: exchange.request.upgrade && offered(exchange),
    }
    return sent(rules, way.choice, exchange, outbound).then((result) => resultOf(exchange, result))
  }

  return (exchange) => {
    const body =
      map?.readsBody === true ? exchange.request.body(site.bodyLimit) : bodyOf(exchange, site.bodyLimit)
    if (!(body instanceof Promise)) return forward(exchange, body)
    return awaitBody(body, rules.timeout).then((whole) => forward(exchange, whole))
  }
}

/** What a mapping says of the host stands. */
function withHost(headers: readonly string[], host: readonly string[]): readonly string[] {
  const isMapped = headers.some((name, index) => index % 2 === 0 && isNamed(name, 'host'))
  return isMapped || host.length === 0 ? headers : [...host, ...headers]
}

/** As it came, with its `?`. */
function queryOf({ request: { target } }: Exchange): string {
  const mark = target.indexOf('?')
  return mark === -1 ? '' : target.slice(mark)
}

function resultOf(exchange: Exchange, result: Sent): Outcome | Passed {
  if (result instanceof Refusal) return result
  if (!('socket' in result)) return answerOf(exchange, result)
  if (isOffered(exchange, result)) return joined(exchange, result)
  result.socket.destroy()
  const words = `a switch to '${protocolOf(result)}', for which nobody has asked`
  return new Refusal('MALFORMED_INTEGRATION_ANSWER', words)
}

/** Over HTTP/2, further requests would pass the gateway without its knowing: it is between two neighbours alone. */
const H2C = /^h2c(?:\/|$)/i

/** The protocols that the caller asks for; none if there is none but HTTP/2. */
function offered({ request }: Exchange): string | undefined {
  const protocols = (request.header('upgrade') ?? '').split(',').map((each) => each.trim())
  return protocols.filter((each) => each !== '' && !H2C.test(each)).join(', ') || undefined
}

function isOffered(exchange: Exchange, upgraded: Upgraded): boolean {
  const offers = offered(exchange)?.toLowerCase().split(', ') ?? []
  const taken = protocolOf(upgraded).toLowerCase()
  return taken.split(',').every((each) => offers.includes(each.trim()))
}

function protocolOf({ headers }: Pick<Upgraded, 'headers'>): string {
  const at = headers.findIndex((name, index) => index % 2 === 0 && isNamed(name, 'upgrade'))
  return at === -1 ? '' : (headers[at + 1] ?? '')
}

/** From here on both sides speak for themselves. */
function joined({ request: { upgrade } }: Exchange, { headers, socket }: Upgraded): Passed {
  const fields = [
    'Connection',
    'Upgrade',
    'Upgrade',
    protocolOf({ headers }),
    ...answerFields(headers, true, false),
  ]
  upgrade?.accept(fields, socket, new Uint8Array(0))
  return passed
}

const NO_CONTENT = 204
const NOT_MODIFIED = 304
const LAST_STATUS = 599

function answerOf({ request, cors }: Exchange, { status, headers, body }: Inbound): Outcome {
  if (status > LAST_STATUS) {
    release(body)
    return new Refusal('MALFORMED_INTEGRATION_ANSWER', `${status} is no status of HTTP`)
  }
  const isWhole = body instanceof Uint8Array
  // What it says of a body that is not sent stands.
  const says = status === NOT_MODIFIED || request.method === 'HEAD'
  const unsaid = status === NO_CONTENT || (isWhole && !says)
  return new ReceivedAnswer(status, answerFields(headers, unsaid, cors !== undefined), body)
}
