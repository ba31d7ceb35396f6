/** Parameter mapping as AWS's HTTP APIs write it, in the words of REST APIs. */
import type { Context } from '../context.js'
import { byName, type Place } from '../place.js'
import { show } from '../report.js'

const TARGET = /^(append|overwrite|remove):(header|querystring|path)(?:\.(.+))?$/

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html */
export function httpParameters(
  { report }: Context,
  at: Place,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const made: Record<string, string> = byName()
  for (const [target, source] of Object.entries(given)) {
    const [, how, place, name] = TARGET.exec(target) ?? []
    if (how === undefined) made[target] = source
    else if (how !== 'overwrite' || name === undefined || place === 'path') {
      const fix = 'Write `overwrite:header.name`, or map it where the request is answered.'
      report.warn(at.at(target), 'MAPPING_UNSUPPORTED', `${show(target)} does not hold`, fix)
    } else made[`integration.request.${place}.${name}`] = sourceOf(source)
  }
  return made
}

/** `$request.header.x` is `method.request.header.x`; a text without a dollar is a constant. */
function sourceOf(source: string): string {
  if (source.startsWith('$request.')) return `method.${source.slice(1)}`
  if (/^\$(?:context|stageVariables)\./.test(source)) return source.slice(1)
  return source.startsWith('$') || /^'.*'$/s.test(source) ? source : `'${source}'`
}
