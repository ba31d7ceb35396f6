/** The policy simulator, loaded when it is first asked. */
import { authorizing } from '#parts'
import type { ExplainRequest, Explanation } from './authorize/explain.js'
import type { PolicyDocument } from './definition.js'

/**
 * What a policy document says of a request: the decision, the statement that made it, and of every statement whether it
 * applies and what keeps it from that.
 *
 * @throws TypeError for a document with faults
 *
 * @example
 * const said = explain(policy, { resource: 'arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/pets', conditions: { 'aws:SourceIp': '10.1.2.3' } })
 * said.decision // 'None'
 * console.log(`${said}`)
 */
export function explain(policy: PolicyDocument, request: ExplainRequest): Explanation {
  return authorizing().explain(policy, request)
}
