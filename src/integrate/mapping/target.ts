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
 * Callers must not choose the host that an integration asks, and a constant must be one that can be sent.
 *
 * @throws MappingFault
 */
export function checkPair({ place, name }: Target, source: Source): void {
  if (place !== 'header') return
  const constant = source.kind === 'static' || source.kind === 'stageVariable'
  if (name.toLowerCase() === 'host' && !constant) {
    const fix = 'Write a constant, "\'pets.internal\'", or a stage variable.'
    throw new MappingFault("the host would be the caller's to choose", fix)
  }
  if (source.kind === 'static' && !isSafe(source.value)) {
    const words = `'${source.value.slice(0, 80)}' has characters that no header can carry`
    throw new MappingFault(words, 'Write visible characters of Latin-1.')
  }
}

/** Whether a header can carry the text: nothing in it ends the header, and all of it are octets. */
export function isSafe(text: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(text)
}
