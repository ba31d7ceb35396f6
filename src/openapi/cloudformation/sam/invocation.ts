/** How an API calls a function. */
import type { Template } from '../template.js'
import type { Part } from '../trace.js'

/** The `uri` of an integration or an authorizer, and where the function is named. */
export function invocation(
  template: Template,
  arn: Part,
  streaming = false,
): readonly [uri: string, pointer: string] {
  return [uriOf(template, arn.text ?? '', streaming), arn.pointer]
}

export function uriOf(template: Template, arn: string, streaming = false): string {
  const { region, partition } = template.names.pseudo
  const path = streaming ? '2021-11-15' : '2015-03-31'
  const how = streaming ? 'response-streaming-invocations' : 'invocations'
  return `arn:${partition}:apigateway:${region}:lambda:path/${path}/functions/${arn}/${how}`
}
