/** Integrations by way of a VPC link. */
import { variablesIn } from '../amazon.js'
import type { Context } from '../context.js'
import type { Place } from '../place.js'
import { show } from '../report.js'

/** @returns `undefined` where nobody knows where the link leads, which is reported then */
export function vpcLinkOf(
  { report, options, beside }: Context,
  at: Place,
  { uri, path }: { readonly uri: string; readonly path: string },
): { readonly url: string; readonly vpcLink: string } | undefined {
  const given = at.at('connectionId').text ?? ''
  const links = new Set([...Object.keys(options.vpcLinks ?? {}), ...beside.vpcLinks])
  const [variable] = variablesIn(given)
  const id = variable === undefined ? given : (options.variables?.[variable] ?? given)
  if (!links.has(id) && !(variable !== undefined && links.size > 0)) {
    const name = variable === undefined ? given : `the link that the variable ${variable} names`
    const fix = `Say where it leads: \`vpcLinks: { ${show(id)}: ['http://10.0.0.5:8080'] }\`.`
    report.warn(at.at('connectionId'), 'VPC_LINK_UNKNOWN', `nothing stands for ${show(name)}`, fix)
    return undefined
  }
  const vpcLink = links.has(given) || variable === undefined ? given : links.has(id) ? id : given
  // A load balancer is named by its listener, and asked for the path of the request.
  return { url: /^https?:\/\//.test(uri) ? uri : `http://vpclink${path}`, vpcLink }
}
