/** The options of `http()`. */
import type { ConnectionOptions } from '../../integrate/http/connections.js'
import type { HealthPolicy } from '../../integrate/http/health.js'
import type { HttpDefinition, Upstream } from '../../integrate/http/options.js'
import type { OutlierPolicy } from '../../integrate/http/outliers.js'
import { destinationOf, type Piece, piecesOf, UrlFault } from '../../integrate/http/url.js'
import type { IntegrationPlace } from '../../integration.js'
import { METHODS } from '../../methods.js'
import { didYouMean } from '../../suggest.js'
import type { FaultCode } from '../faults.js'
import { integrationChecks } from './integrations.js'
import { mappingChecks } from './mapping.js'
import {
  boolean,
  type Check,
  duration,
  eitherOr,
  type FieldChecks,
  finite,
  formed,
  integer,
  list,
  object,
  text,
} from './shapes.js'
import { enumerate, type Spot, show } from './spot.js'
import { tls } from './tls.js'

const HOUR = 3_600_000

const connectionChecks: FieldChecks<ConnectionOptions> = {
  tls,
  connections: integer(1, 65_536),
  keepAlive: eitherOr([false], duration(1, HOUR)),
  connectTimeout: duration(1, HOUR),
  idleTimeout: duration(1, 24 * HOUR),
  http2: boolean,
}

const status = integer(200, 599)

const health = object<HealthPolicy>(
  'health checks',
  {
    path: formed('a path', /^\/[!-~]*$/, "one that begins with '/'"),
    interval: duration(100, 24 * HOUR),
    timeout: duration(10, HOUR),
    unhealthy: integer(1),
    healthy: integer(1),
    statuses: list('a list of statuses', status),
  },
  ['path'],
)

const outliers = object<OutlierPolicy>('outlier ejection', {
  failures: integer(1),
  ejection: duration(1, 24 * HOUR),
  most: finite(0, 1),
})

const method = text('a method', (at, value) => {
  if (value === 'ANY' || (METHODS.has(value) && value !== 'CONNECT')) return
  const fix = "Write it in upper case, 'GET', or 'ANY' for the caller's own."
  at.fault('METHOD_INVALID', `${show(value)} is no method`, fix)
})

const CODES: Readonly<Record<UrlFault['kind'], FaultCode>> = {
  invalid: 'URL_INVALID',
  variable: 'VARIABLE_UNKNOWN',
  host: 'URL_INVALID',
}

/** Reports what a URL or a name of the user's cannot be read as. */
function reading<T>(at: Spot, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof UrlFault)) throw error
    at.fault(CODES[error.kind], error.message, error.fix)
    return undefined
  }
}

/** The URLs of an integration, whose names the place of it knows. */
function urls(place: IntegrationPlace, mapped: ReadonlySet<string> | undefined): Check {
  const one = text('a URL', (at, value) => {
    const pieces = reading(at, () => piecesOf(value))
    if (pieces === undefined) return
    reading(at, () => destinationOf(pieces, undefined))
    names(at, pieces, place, mapped)
  })
  return (at) => {
    if (!Array.isArray(at.value)) return one(at)
    const upstream = object<Upstream>('an upstream', { url: one, weight: finite(0) }, ['url'])
    list('a list of upstreams', (each) => (typeof each.value === 'string' ? one(each) : upstream(each)))(at)
    someWeight(at)
    samePath(at)
  }
}

function someWeight(at: Spot): void {
  if (at.items.some((each) => each.at('weight').value !== 0)) return
  at.fault('VALUE_INVALID', 'nothing that could be called', "Name an upstream: ['https://pets.internal'].")
}

/** Targets of one integration are alike: only whom they lead to differs. */
function samePath(at: Spot): void {
  const [first, ...others] = at.items.map((each) => (typeof each.value === 'string' ? each : each.at('url')))
  const wanted = pathIn(first)
  for (const each of others) {
    const path = pathIn(each)
    if (path === wanted || path === undefined || path === '') continue
    const fix = `Leave its path out, or write '${wanted}' in all of them.`
    each.fault('URL_INVALID', `another path than that of the first: '${path}'`, fix)
  }
}

/** What follows the host; `undefined` where a variable stands for it. */
function pathIn(at: Spot | undefined): string | undefined {
  const { value } = at ?? {}
  if (typeof value !== 'string') return undefined
  return /^(?:unix:[^:]*:?|[^/?#:]*:\/\/[^/?#]*)(.*)$/s.exec(value)?.[1]
}

/** Parameters that the path of the route has, or the mapping gives; variables that some stage has. */
function names(
  at: Spot,
  pieces: readonly Piece[],
  { params, variables }: IntegrationPlace,
  mapped: ReadonlySet<string> | undefined,
): void {
  if (pieces.every(({ kind }) => kind === 'text')) return
  const known = new Set([...(params ?? []), ...(mapped ?? [])])
  const named = new Set([...variables.values()].flatMap((names) => [...names]))
  for (const piece of pieces) {
    if (piece.kind === 'variable' && !named.has(piece.name)) noVariable(at, piece.name, named)
    if (piece.kind !== 'parameter' || params === undefined || mapped === undefined || known.has(piece.name))
      continue
    const there = known.size === 0 ? 'It has none.' : `It has ${enumerate([...known], 'and')}.`
    const fix = didYouMean(piece.name, known, there)
    at.fault('PARAMETER_UNKNOWN', `the route's path has no parameter '${piece.name}'`, fix)
  }
}

function noVariable(at: Spot, name: string, known: ReadonlySet<string>): void {
  const there =
    known.size === 0
      ? 'Give a stage one: stages: { prod: { variables: { … } } }.'
      : `There is ${enumerate([...known], 'and')}.`
  at.fault('VARIABLE_UNKNOWN', `no stage has a variable '${name}'`, didYouMean(name, known, there))
}

/** The names that a mapping of parameters gives; `undefined` where code gives them. */
function mappedNames(at: Spot): ReadonlySet<string> | undefined {
  if (typeof at.value === 'function') return undefined
  const targets = at
    .at('parameters')
    .fields.map(([target]) => /^integration\.request\.path\.(.+)$/.exec(target))
  return new Set(targets.flatMap((found) => found?.[1] ?? []))
}

function vpcLink(place: IntegrationPlace): Check {
  return text('the name of a VPC link', (at, value) => {
    const pieces = reading(at, () => piecesOf(value)) ?? []
    names(at, pieces, place, undefined)
    if (pieces.some(({ kind }) => kind === 'variable') || place.vpcLinks.includes(value)) return
    const there =
      place.vpcLinks.length === 0
        ? 'The definition has no `vpcLinks`.'
        : `There is ${enumerate(place.vpcLinks, 'and')}.`
    at.fault(
      'VPC_LINK_UNKNOWN',
      `there is no VPC link ${show(value)}`,
      didYouMean(value, place.vpcLinks, there),
    )
  })
}

const unplaced: Check = () => {}

/** What needs no knowing of the place. */
const options = object<HttpDefinition>(
  'the options of http()',
  {
    ...integrationChecks,
    ...connectionChecks,
    ...mappingChecks,
    url: unplaced,
    method,
    proxy: boolean,
    vpcLink: unplaced,
    via: eitherOr([false], formed('a name', /^[\w.:-]{1,128}$/, "a name without spaces, such as 'postern'")),
    health,
    outliers: eitherOr([false], outliers),
  },
  ['url'],
)

/** Everything that is wrong with the options of an `http()`. */
export function httpOptions(at: Spot, place: IntegrationPlace): void {
  options(at)
  const [url, link] = [at.at('url'), at.at('vpcLink')]
  if (url.given) urls(place, mappedNames(at.at('request')))(url)
  if (link.given) vpcLink(place)(link)
  contradictions(at)
}

/** What would be left out of account. */
function contradictions(at: Spot): void {
  if (at.at('proxy').value !== true) return
  const { value: request } = at.at('request')
  const fix = 'Leave `proxy` out, or the mapping.'
  const unmapped = 'everything is passed on, and this would map it'
  if (typeof request === 'function') at.at('request').fault('VALUE_INVALID', unmapped, fix)
  for (const name of ['templates', 'passthroughBehavior', 'contentHandling'] as const) {
    const each = at.at('request').at(name)
    if (each.given && !isHarmless(name, each)) each.fault('VALUE_INVALID', unmapped, fix)
  }
  if (at.at('responses').given) at.at('responses').fault('VALUE_INVALID', unmapped, fix)
}

/** AWS writes its default beside proxies, too. */
function isHarmless(name: string, { value }: Spot): boolean {
  return name === 'passthroughBehavior' && value === 'WHEN_NO_MATCH'
}
