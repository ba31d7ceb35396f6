/** Where a document says that its API is: told again, and served wherever the gateway is. */
import type { PlainData } from '../docs.js'
import { fieldsIn } from './described.js'
import type { OpenApiOptions } from './options.js'
import { own, type Place } from './place.js'

/** In the words of OpenAPI 3. */
export function serversOf(root: Place): readonly PlainData[] {
  if (root.at('openapi').given) return fieldsIn(root.at('servers'))
  const [host, base] = [root.at('host').text, root.at('basePath').text]
  const schemes = root.at('schemes').items.flatMap((each) => each.text ?? [])
  if (host === undefined) {
    if (base === undefined && schemes.length === 0) return []
    // Without a host, only the path can be said by a URL.
    return [{ url: base ?? '/', ...(schemes.length > 0 && { 'x-schemes': schemes }) }]
  }
  const known = schemes.length === 0 ? ['https'] : schemes
  return known.map((scheme) => ({ url: `${scheme}://${host}${base ?? ''}` }))
}

/** The path that stands before each of the document's. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html */
export function basePathIn(root: Place, { basePath = 'ignore' }: OpenApiOptions): string {
  if (basePath === 'ignore') return ''
  const segments = pathIn(root)
    .split('/')
    .filter((segment) => segment !== '')
  const kept = basePath === 'split' ? segments.slice(1) : segments
  return kept.map((segment) => `/${segment}`).join('')
}

function pathIn(root: Place): string {
  if (!root.at('openapi').given) return root.at('basePath').text ?? ''
  const server = root.at('servers').at(0)
  const base = server.at('variables').at('basePath').at('default').text
  const url = (server.at('url').text ?? '').replace(/\{(\w+)\}/g, (_, name: string) =>
    String(own(own(server.at('variables').value, name), 'default') ?? ''),
  )
  return base ?? url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
}
