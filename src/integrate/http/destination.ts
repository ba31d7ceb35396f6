/** Where an HTTP integration leads on its stage: which targets, and which path. */
import type { IntegrationSite } from '../../integration.js'
import type { BreakerLimits } from './breaker.js'
import { type Member, OneTarget, Targets } from './choice.js'
import { checkOf } from './health.js'
import type { HttpDefinition, Upstream } from './options.js'
import { outlierLimits } from './outliers.js'
import type { Choice } from './sending.js'
import { targetAt } from './target.js'
import {
  type Destination,
  destinationOf,
  isPublic,
  type Piece,
  piecesOf,
  placeIn,
  UrlFault,
  valueOf,
} from './url.js'

export interface Way {
  readonly choice: Choice
  readonly path: readonly Piece[]
  readonly query: readonly Piece[]
  /** What targets are told that they are called, where that is not what they are called by. */
  readonly host: string | undefined
}

type Place = Pick<Destination, 'origin' | 'socketPath'>

/** @throws UrlFault where a variable of the stage is not there, or makes it a URL that is none */
export function wayTo(
  options: HttpDefinition,
  site: IntegrationSite,
  breaker: BreakerLimits | undefined,
): Way {
  const upstreams = upstreamsOf(options.url)
  const all = upstreams.map(({ url, weight = 1 }) => ({ weight, ...onStage(url, site) }))
  const [first] = all
  if (first === undefined) throw new UrlFault('invalid', 'no upstream at all', 'Name one.')
  const link = options.vpcLink === undefined ? undefined : linkOf(options.vpcLink, site)
  const members = (link ?? all).map((each) => memberAt(each, link !== undefined, options, site))
  const [only] = members
  const isOnly = members.length === 1 && only?.health === undefined
  return {
    choice:
      isOnly && only !== undefined
        ? new OneTarget(only.target, breaker)
        : new Targets(members, breaker, outlierLimits(options.outliers)),
    path: first.path,
    query: first.query,
    host: link !== undefined && first.socketPath === undefined ? new URL(first.origin).host : undefined,
  }
}

function upstreamsOf(url: HttpDefinition['url']): readonly Upstream[] {
  const all: readonly (string | Upstream)[] = typeof url === 'string' ? [url] : url
  return all.map((each) => (typeof each === 'string' ? { url: each } : each))
}

function onStage(url: string, { variables }: IntegrationSite): Destination {
  const destination = destinationOf(piecesOf(url), variables)
  if (destination === undefined) throw new TypeError('a URL whose variables are known is open')
  return destination
}

/** The targets of a link that the definition has. */
function linkOf(
  name: string,
  { vpcLinks, variables }: IntegrationSite,
): readonly (Place & { weight: number })[] {
  const named = textOf(piecesOf(name), variables)
  const link = vpcLinks.get(named)
  if (link === undefined) {
    const fix = `Name one of ${[...vpcLinks.keys()].join(', ') || '`vpcLinks`, which has none'}.`
    throw new UrlFault('variable', `there is no VPC link '${named}'`, fix)
  }
  return link.targets.map((target) => {
    const { url, weight = 1 } = typeof target === 'string' ? { url: target } : target
    return { ...placeIn(url), weight }
  })
}

function textOf(pieces: readonly Piece[], variables: Readonly<Record<string, string>>): string {
  return pieces
    .map((piece) => (piece.kind === 'variable' ? valueOf(piece.name, variables) : textIn(piece)))
    .join('')
}

function textIn(piece: Piece): string {
  return piece.kind === 'text' ? piece.text : ''
}

function memberAt(
  { origin, socketPath, weight }: Place & { readonly weight: number },
  isPrivate: boolean,
  options: HttpDefinition,
  site: IntegrationSite,
): Member {
  if (isPrivate && isPublic({ origin, socketPath })) {
    throw new UrlFault(
      'host',
      `'${origin}' is a public address, and the link a private one`,
      'Name a private address.',
    )
  }
  const place = { origin, socketPath, isPrivate }
  const { lasting } = site
  const health = options.health && checkOf(place, options, options.health, lasting)
  return { target: targetAt(place, options, lasting), weight, health }
}
