/** AWS services as integrations. */
import { type Exchange, type Integration, type Outcome, Refusal } from '../../exchange.js'
import type { CompileMapping, IntegrationSite, MappedRequest, Mapping } from '../../integration.js'
import { isIdempotent } from '../../methods.js'
import { isPromise } from '../../store/bounded.js'
import { receivedRequest } from '../../waiting.js'
import { denied, isDenied, passedOn, resultOf } from './answer.js'
import { callOf, type ServiceCall } from './call.js'
import { AwsClient, type AwsParts, type AwsRequest, originOf } from './client.js'
import { compilePath } from './path.js'
import { GLOBAL_REGION, hostPrefix, type Service, serviceOf } from './services.js'
import type { AwsIntegration } from './types.js'

/** What other folders have, and an integration of a service is put together with. */
export interface ServiceParts extends AwsParts {
  readonly compileMapping: CompileMapping
}

export function compileAws(options: AwsIntegration, site: IntegrationSite, parts: ServiceParts): Integration {
  const { service: name, action } = options
  const byPath = typeof action === 'object'
  const service = serviceOf(name, byPath, options)
  if (service === undefined) throw new TypeError(`nothing is known of the service '${name}'`)
  const region = options.region ?? (service.isGlobal ? GLOBAL_REGION : site.region)
  const origin = placeOf(options, service, region, site)
  if (origin instanceof Refusal) return () => origin
  const path = byPath ? pathOf(action.path, site) : undefined
  if (path instanceof Refusal) return () => path
  const mapping = parts.compileMapping(options, site)
  const make = callOf(service, {
    action: byPath ? '' : action,
    path: path === undefined ? undefined : compilePath(path, greedyIn(site.route.path)),
    method: options.method,
  })
  const client = new AwsClient({ ...options, region }, site, parts)
  const sender = new Sender(
    { origin, region, signingName: service.signingName, byPath },
    client,
    options.responses === undefined ? undefined : mapping,
    site,
  )
  const go = async (exchange: Exchange, mapped: MappedRequest | Refusal): Promise<Outcome> => {
    const call = mapped instanceof Refusal ? mapped : make(exchange, mapped)
    return call instanceof Refusal ? call : sender.answer(exchange, call)
  }
  return (exchange) => {
    const mapped = receivedRequest(exchange, client.timeout, mapping.request(exchange))
    return isPromise(mapped) ? mapped.then((late) => go(exchange, late)) : go(exchange, mapped)
  }
}

interface Place {
  readonly origin: string
  readonly region: string
  readonly signingName: string
  readonly byPath: boolean
}

class Sender {
  readonly #place: Place
  readonly #client: AwsClient
  /** `undefined`: answers are passed on. */
  readonly #mapping: Mapping | undefined
  readonly #report: (error: unknown) => void

  constructor(place: Place, client: AwsClient, mapping: Mapping | undefined, { report }: IntegrationSite) {
    this.#place = place
    this.#client = client
    this.#mapping = mapping
    this.#report = report
  }

  async answer(exchange: Exchange, call: ServiceCall): Promise<Outcome> {
    const request = this.#request(exchange, call)
    if (this.#mapping === undefined) return this.#passed(exchange, request)
    const received = await this.#client.ask(exchange, request)
    return received instanceof Refusal ? received : this.#mapping.answer(exchange, resultOf(received))
  }

  async #passed(exchange: Exchange, request: AwsRequest): Promise<Outcome> {
    const inbound = await this.#client.send(exchange, request)
    if (inbound instanceof Refusal) return inbound
    if (!isDenied(inbound)) return passedOn(inbound)
    const received = await this.#client.whole(exchange, inbound)
    return received instanceof Refusal ? received : denied(received, this.#place.byPath, this.#report)
  }

  #request(exchange: Exchange, call: ServiceCall): AwsRequest {
    const { origin, region, signingName: service } = this.#place
    const idempotent = isIdempotent(call.method) || isIdempotent(exchange.request.method)
    return { ...call, origin, region, service, idempotent }
  }
}

/** Where a service is. What a stage's variables say is the operator's, and held to what a host may be all the same. */
function placeOf(
  { subdomain, endpoint, action }: AwsIntegration,
  service: Service,
  region: string,
  site: IntegrationSite,
): string | Refusal {
  const before = subdomain === undefined ? '' : `${withVariables(subdomain, site)}.`
  if (before !== '' && !/^(?:[\w-]+\.)+$/.test(before)) {
    const words = `with the variables of stage '${site.stage}', '${before.slice(0, -1)}' is no subdomain`
    site.report(new Error(words))
    return new Refusal('API_CONFIGURATION_ERROR', words)
  }
  if (endpoint !== undefined) {
    const { protocol, host } = new URL(endpoint)
    const origin = `${protocol}//${before}${host}`
    if (URL.canParse(origin)) return origin
    const words = `there is no ${origin}: with a subdomain the endpoint has a name, as http://localhost:4566 has`
    site.report(new Error(words))
    return new Refusal('API_CONFIGURATION_ERROR', words)
  }
  const prefix = hostPrefix(service, typeof action === 'string' ? action : '')
  if (service.isGlobal) return `https://${before}${service.host}.amazonaws.com`
  return originOf(`${before}${prefix}${service.host}`, region)
}

/**
 * A path with a stage's variables in it. Nothing in the place of a bucket would have a caller's key choose it, under the
 * gateway's signature.
 */
function pathOf(path: string, site: IntegrationSite): string | Refusal {
  for (const [, name = ''] of path.matchAll(VARIABLE)) {
    const value = site.variables[name] ?? ''
    if (value !== '' && !/[?#{}]/.test(value) && !/(?:^|\/)(?:\.{0,2})(?:\/|$)/.test(value)) continue
    const words = `with the variables of stage '${site.stage}', '${value}' is nothing that '${name}' can be in the path of an AWS service`
    site.report(new Error(words))
    return new Refusal('API_CONFIGURATION_ERROR', words)
  }
  return withVariables(path, site)
}

const VARIABLE = /\$\{stageVariables\.(\w+)\}/g

/** What has no value is left as it stands, which is no part of any name. */
function withVariables(text: string, { variables }: IntegrationSite): string {
  return text.replace(VARIABLE, (whole, name: string) => variables[name] || whole)
}

function greedyIn(path: string): ReadonlySet<string> {
  return new Set([...path.matchAll(/\{([^{}]+)\+\}/g)].map(([, name = '']) => name))
}
