/** The step on a route: who calls, then what the policies together say of it. */
import { type Exchange, type Outcome, type ProofKind, Refusal, type Step } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import { type ArnParts, methodArn, mistakableArns } from './arn.js'
import { scopeless } from './bearer.js'
import { isSameAccount } from './caller.js'
import { before, type Combination, decide, denial, together, type Verdict } from './combine.js'
import { type ConditionFacts, conditionsOf } from './conditionkeys.js'
import { type Authenticate, type Grant, grant } from './grant.js'
import { type IdentityPolicies, signerGrant } from './iam.js'
import type { AccessRequest, CompiledPolicy, Decision } from './policy.js'
import type { Signer, SigV4Verifier } from './sigv4.js'

/** What all routes ask their policies with. */
export interface Asker {
  readonly parts: ArnParts
  readonly conditionKeys: ConditionFacts['conditionKeys']
  readonly report: (error: unknown) => void
}

const INVOKE = 'execute-api:Invoke'

/** What the policies say together. */
type Judge = (request: AccessRequest) => Combination

/** Nobody is asked who calls: the resource policy alone says. */
export function anonymousStep(asker: Asker, resourcePolicy: CompiledPolicy | undefined): Step {
  const judge: Judge = (request) => ({ kind: 'none', resource: resourcePolicy?.evaluate(request) })
  return (exchange) => {
    // The gate before has asked it already, and of a caller whom it knows: what that one may is not asked anew.
    if (exchange.nested && exchange.permits !== undefined) return undefined
    return admit(exchange, asked(asker, exchange), judge)
  }
}

/** Callers who sign. */
interface Signed {
  readonly verifier: SigV4Verifier
  readonly policies: IdentityPolicies
  readonly demand: Parameters<SigV4Verifier['verify']>[1]
  /** Signatures have none: where there are any, nobody is let in. */
  readonly scopes: readonly string[]
}

export function signedStep(asker: Asker, resourcePolicy: CompiledPolicy | undefined, signed: Signed): Step {
  const { verifier, policies, demand, scopes } = signed
  const proven = (exchange: Exchange, signer: Signer | Refusal): Outcome | undefined => {
    if (signer instanceof Refusal) return signer
    const found = signerGrant(signer)
    grant(exchange, found, 'iam')
    const own = policies.of(signer, asker.report)
    if (own instanceof Refusal) return own
    const { principal, tags } = signer.credential
    const sameAccount = isSameAccount(principal, asker.parts.accountId)
    const request = asked(asker, exchange, { principal, tags })
    const judge: Judge = (request) => {
      const resource = resourcePolicy?.evaluate(request)
      return { kind: 'iam', resource, identity: together(own, request), sameAccount }
    }
    return scopeless(found, scopes, false) ?? admit(exchange, request, judge)
  }
  return (exchange) => {
    const signer = verifier.verify(exchange, demand)
    return isPromise(signer) ? signer.then((late) => proven(exchange, late)) : proven(exchange, signer)
  }
}

/** Callers of whom an authorizer knows who they are. */
interface Proven {
  readonly kind: Exclude<ProofKind, 'iam'>
  readonly authenticate: Authenticate
  readonly scopes: readonly string[]
}

/** An explicit `Deny` of the resource policy refuses before the authorizer is asked. */
export function provenStep(asker: Asker, resourcePolicy: CompiledPolicy | undefined, by: Proven): Step {
  return (exchange) => {
    const request = asked(asker, exchange)
    const resource = resourcePolicy && before(resourcePolicy, request)
    if (resource?.effect === 'Deny') return denied(request, { ...resource, by: 'resource' }, 'proof')
    const proven = (found: Grant | Refusal): Outcome | undefined => {
      if (found instanceof Refusal) return found
      grant(exchange, found, by.kind)
      return (
        scopeless(found, by.scopes, by.kind === 'jwt') ??
        admit(exchange, request, judgeOf(found, resourcePolicy, resource))
      )
    }
    const found = by.authenticate(exchange)
    return isPromise(found) ? found.then(proven) : proven(found)
  }
}

/** @param invoke what the resource policy has said of the call already */
function judgeOf(
  { policy }: Grant,
  resourcePolicy: CompiledPolicy | undefined,
  invoke: Decision | undefined,
): Judge {
  return (request) => {
    const resource = request.action === INVOKE ? invoke : resourcePolicy?.evaluate(request)
    if (policy === undefined) return { kind: 'proof', resource }
    return { kind: 'authorizer', resource, identity: policy.evaluate(request) }
  }
}

function asked(
  { parts, conditionKeys }: Asker,
  exchange: Exchange,
  signer: Pick<ConditionFacts, 'principal' | 'tags'> = {},
): AccessRequest {
  const condition = conditionsOf(exchange, { region: parts.region, conditionKeys, ...signer })
  const resource = methodArn(parts, exchange)
  const mistakable = () => mistakableArns(parts, exchange, resource)
  return { principal: signer.principal, action: INVOKE, resource, mistakable, condition }
}

/** Lets a caller in whom the policies allow to call, and who may be asked about more then. */
function admit(exchange: Exchange, request: AccessRequest, judge: Judge): Refusal | undefined {
  const combination = judge(request)
  const verdict = decide(combination)
  if (verdict.effect !== 'Allow') return denied(request, verdict, combination.kind)
  exchange.permits = {
    // Where no policy says anything, callers may call: nothing has given them more than that.
    may: (action) => {
      const { effect, by } = decide(judge({ ...request, action }))
      return effect === 'Allow' && by !== undefined
    },
  }
  return undefined
}

/** AWS's words; those of who has no ARN of its own are the shorter ones. */
function denied(
  request: AccessRequest,
  { effect, statement, sid, by }: Verdict,
  kind: Combination['kind'],
): Refusal {
  const words =
    kind === 'authorizer' && by !== 'resource'
      ? `User is not authorized to access this resource${effect === 'Deny' ? ' with an explicit deny' : ''}`
      : denial(request.principal, request.action, request.resource, effect)
  return new Refusal('ACCESS_DENIED', `${why(effect, by, sid ?? statement)}: ${request.resource}`, words)
}

function why(effect: Verdict['effect'], by: Verdict['by'], statement: string | number | undefined): string {
  if (effect === 'None') return 'no policy allows it'
  const whose = by === 'resource' ? "the resource policy's" : "the caller's"
  return `${whose} statement ${statement ?? '?'} denies it`
}
