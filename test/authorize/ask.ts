import { type AccessRequest, compilePolicy, type Decision } from '../../src/authorize/policy.js'
import type { PolicyDocument, PolicyStatement } from '../../src/definition.js'

export const API = 'arn:aws:execute-api:us-east-1:123456789012:api'

export type Conditions = Readonly<Record<string, string | readonly string[]>>

interface Asked {
  readonly principal?: string
  readonly action?: string
  readonly resource?: string
  readonly conditions?: Conditions
}

export function request({ principal, action, resource, conditions = {} }: Asked = {}): AccessRequest {
  const known = new Map(Object.entries(conditions).map(([key, value]) => [key.toLowerCase(), value]))
  return {
    principal,
    action: action ?? 'execute-api:Invoke',
    resource: resource ?? `${API}/prod/GET/pets`,
    condition: (key) => known.get(key),
  }
}

/** A statement that applies to everything, but for what is given. */
export function statement(given: Partial<PolicyStatement> = {}): PolicyStatement {
  const action = given.NotAction === undefined ? { Action: '*' } : {}
  const resource = given.NotResource === undefined ? { Resource: '*' } : {}
  return { Effect: 'Allow', ...action, ...resource, ...given }
}

export function document(...statements: PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements }
}

/** What a policy of this one statement says. */
export function says(given: Partial<PolicyStatement>, asked: Asked = {}): Decision['effect'] {
  return compilePolicy(document(statement(given))).evaluate(request(asked)).effect
}

/** Whether a statement with this condition applies. */
export function holds(operator: string, key: string, values: unknown, conditions: Conditions = {}): boolean {
  const Condition = { [operator]: { [key]: values } } as PolicyStatement['Condition']
  return says({ ...(Condition && { Condition }) }, { conditions }) === 'Allow'
}
