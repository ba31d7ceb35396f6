/** One `x-amazon-apigateway-integration`, and what its kinds share. */
import type { IntegrationDefinition, RequestMapping, ResponseMapping } from '../../integration.js'
import type { Context } from '../context.js'
import type { Place } from '../place.js'
import { requestMapping, responseMappings } from './mapping.js'

export interface Spec {
  readonly context: Context
  readonly at: Place
  /** Lower case. */
  readonly type: string
  /** Of the route. */
  readonly path: string
}

/** What one kind of integration has made of a document's. */
export interface Made {
  readonly integration: IntegrationDefinition
  /** The fields that it has taken over. */
  readonly taken: readonly string[]
}

export const COMMON = ['type', 'uri', 'timeoutInMillis']
export const MAPPING = [
  'requestParameters',
  'requestTemplates',
  'responses',
  'passthroughBehavior',
  'contentHandling',
]

export interface Mapped {
  readonly request?: RequestMapping
  readonly responses?: readonly ResponseMapping[]
}

export function mapped({ context, at }: Pick<Spec, 'context' | 'at'>): Mapped {
  const request = requestMapping(context, at)
  const responses = responseMappings(context, at)
  return { ...(request && { request }), ...(responses && { responses }) }
}

export function timeoutOf({ at }: Spec): { readonly timeout?: number } {
  const { value } = at.at('timeoutInMillis')
  const timeout = typeof value === 'string' ? Number(value) : value
  return typeof timeout === 'number' && Number.isFinite(timeout) ? { timeout } : {}
}

/** The upstream's method. */
export function methodOf({ at }: Spec): { readonly method?: string } {
  const method = at.at('httpMethod').text
  return method === undefined ? {} : { method: method.toUpperCase() }
}
