/** The kinds of integrations that documents speak of. */
import { IntegrationDefinition } from '../../integration.js'

export { http } from '../../http.js'
export { mock } from '../../mock.js'

// STAND-INS
const kind = (type: string) => ({ type, check: () => {}, compile: () => () => { throw new Error('stand-in') } })
export function lambda(target: unknown, options: object = {}) {
  return new IntegrationDefinition(kind('lambda') as never, { ...options, target })
}
export function aws(service: string, action: string | { readonly path: string }, options: object = {}) {
  return new IntegrationDefinition(kind('aws') as never, { ...options, service, action })
}
