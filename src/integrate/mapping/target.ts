/** The left side of a mapping of parameters, in AWS's words: `integration.request.header.x-user`. */
import { MappingFault } from './faults.js'
import type { Side, Source } from './source.js'

/** Where a value goes. */
export interface Target {
  readonly place: 'path' | 'querystring' | 'header'
  readonly name: string
}

const FIXES: Readonly<Record<Side, string>> = {
  request:
    'Write integration.request.path.name, integration.request.querystring.name or integration.request.header.name.',
  response: 'Write method.response.header.name.',
}

/** Those of the connection, or made from the body: a mapping cannot give them. */
const FIXED = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/

/** Whether a mapping may give a header of this name. */
export function isMappable(name: string): boolean {
  return TOKEN.test(name) && !FIXED.has(name.toLowerCase())
}

/** @throws MappingFault */
export function readTarget(text: string, side: Side): Target {
  const pattern =
    side === 'request'
      ? /^integration\.request\.(?:multivalue)?(path|querystring|header)\.(.+)$/
      : /^method\.response\.(?:multivalue)?(header)\.(.+)$/
  const [, place, name] = pattern.exec(text) ?? []
  if (name === undefined || (place !== 'path' && place !== 'querystring' && place !== 'header')) {
    throw new MappingFault(`'${text.slice(0, 80)}' is nothing that a value can be mapped to`, FIXES[side])
  }
  if (place === 'header' && !isMappable(name)) {
    throw new MappingFault(
      `the header '${name.slice(0, 80)}' cannot be mapped`,
      "Name a header that is not the connection's own.",
    )
  }
  return { place, name }
}

/**
 * Callers must not choose the host that an integration asks.
 *
 * @throws MappingFault
 */
export function checkHost({ place, name }: Target, source: Source): void {
  if (place !== 'header' || name.toLowerCase() !== 'host') return
  if (source.kind === 'static' || source.kind === 'stageVariable') return
  throw new MappingFault(
    "the host would be the caller's to choose",
    'Write a constant, "\'pets.internal\'", or a stage variable.',
  )
}
