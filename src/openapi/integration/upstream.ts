/** Where HTTP integrations lead instead of where the document has them lead. */
import type { Context } from '../context.js'
import { own } from '../place.js'

/** Scheme and host of a URL, and what follows. */
const ORIGIN = /^(https?:\/\/[^/?#]*|\$\{stageVariables\.\w+\})(.*)$/s

/** @returns the URL there; `undefined` where it stays as it is */
export function upstreamOf({ options }: Context, uri: string): string | undefined {
  const { upstream } = options
  if (upstream === undefined) return undefined
  const [, origin = '', rest = ''] = ORIGIN.exec(uri) ?? []
  const host = origin.replace(/^https?:\/\//, '')
  const instead = typeof upstream === 'string' ? upstream : (own(upstream, origin) ?? own(upstream, host))
  return typeof instead === 'string' ? joined(instead, rest) : undefined
}

/** A path of the gateway's, at an upstream. */
export function joined(origin: string, path: string): string {
  return origin.replace(/\/$/, '') + path
}
