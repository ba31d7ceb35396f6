/** What authorizes, loaded with the first definition that asks who calls. */
export { Authorizers, authorizationOf } from '../authorize/authorize.js'
export { explain } from '../authorize/explain.js'
export { compilePolicy } from '../authorize/policy.js'
export { authorize, authorizers } from '../control/check/authorizers.js'
export { resourcePolicy } from '../control/check/documents.js'
