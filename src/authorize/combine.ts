/**
 * A resource policy, combined with what the caller's own policies or an authorizer say.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
import { type AccessRequest, type CompiledPolicy, type Decision, SILENT } from './policy.js'

export type { CompiledPolicy, Decision }

/** Who was asked about a caller, and what they say. `resource`: of the API's resource policy; `undefined`: it has none. */
export type Combination =
  /** No authorizer: the resource policy alone. */
  | { readonly kind: 'none'; readonly resource: Decision | undefined }
  /** A signed request: the caller's own policies. */
  | {
      readonly kind: 'iam'
      readonly resource: Decision | undefined
      readonly identity: Decision
      readonly sameAccount: boolean
    }
  /** A Lambda authorizer, which answers with a policy. */
  | { readonly kind: 'authorizer'; readonly resource: Decision | undefined; readonly identity: Decision }
  /** What says who the caller is and has no policy: JWT, mTLS, a function. */
  | { readonly kind: 'proof'; readonly resource: Decision | undefined }

/** `effect: 'Allow'` lets the caller in, `'Deny'` was an explicit one, `'None'` an implicit one. */
export interface Verdict extends Decision {
  /** Whose statement decided. */
  readonly by: 'resource' | 'identity' | undefined
}

const NOBODY: Verdict = Object.freeze({ ...SILENT, by: undefined })
/** Nothing forbids it, and nothing had to allow it. */
const OPEN: Verdict = Object.freeze({ ...NOBODY, effect: 'Allow' })

/**
 * What a resource policy says before an authorizer is called: a `Deny` refuses at once, anything else is looked at
 * again by {@link decide}. The caller is not known yet: `request.principal` is `undefined`.
 */
export function before(resourcePolicy: CompiledPolicy | undefined, request: AccessRequest): Decision {
  return resourcePolicy?.evaluate(request) ?? SILENT
}

/** What several policies of one caller say together: a `Deny` of any wins, else an `Allow` of any. */
export function together(policies: readonly CompiledPolicy[], request: AccessRequest): Decision {
  let found = SILENT
  for (const policy of policies) {
    const decision = policy.evaluate(request)
    if (decision.effect === 'Deny') return decision
    if (found.effect === 'None') found = decision
  }
  return found
}

/** What comes of it: AWS's tables A and B, row by row. */
export function decide(given: Combination): Verdict {
  const { resource } = given
  if (resource?.effect === 'Deny') return { ...resource, by: 'resource' }
  switch (given.kind) {
    case 'none':
    // As AWS does it with user pools: the proof admits nobody whom the resource policy does not.
    case 'proof':
      return resource === undefined ? OPEN : alone(resource)
    case 'authorizer':
      return either(given.identity, resource ?? SILENT)
    case 'iam':
      return (given.sameAccount ? either : both)(given.identity, resource ?? SILENT)
  }
}

function alone(resource: Decision): Verdict {
  return resource.effect === 'Allow' ? { ...resource, by: 'resource' } : NOBODY
}

/** Table A: within one account. */
function either(identity: Decision, resource: Decision): Verdict {
  return identity.effect === 'None' ? alone(resource) : { ...identity, by: 'identity' }
}

/** Table B: across accounts. */
function both(identity: Decision, resource: Decision): Verdict {
  if (identity.effect === 'Deny') return { ...identity, by: 'identity' }
  return identity.effect === 'Allow' ? alone(resource) : NOBODY
}

/** What the caller is told, in AWS's words. @param principal its ARN; `undefined`: nobody knows it */
export function denial(
  principal: string | undefined,
  action: string,
  resource: string,
  effect: Verdict['effect'],
): string {
  const words = `User: ${principal ?? 'anonymous'} is not authorized to perform: ${action} on resource: ${resource}`
  return effect === 'Deny' ? `${words} with an explicit deny` : words
}
