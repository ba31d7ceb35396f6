/** What `mapping`, `match`, `policy`, `sigv4` and `validate` measure and the package does not export. */

export { compilePolicy } from '../../src/authorize/policy.js'
export { SigV4Verifier } from '../../src/authorize/sigv4.js'
export { Exchange, Refusal } from '../../src/exchange.js'
export { MethodRequest, Payload } from '../../src/integrate/mapping/methodrequest.js'
export { compileTemplate } from '../../src/integrate/mapping/template.js'
export { parseRoute } from '../../src/resolve/pattern.js'
export { Router } from '../../src/resolve/router.js'
export { splitTarget } from '../../src/resolve/target.js'
export { validateBody } from '../../src/validate/body.js'
export { readJson } from '../../src/validate/json.js'
export { Models } from '../../src/validate/models.js'
