/** A deployment: an immutable, compiled snapshot of a definition. */
import { authorizing, validating } from '#parts'
import type { CompiledPolicy } from '../authorize/policy.js'
import type { Complete, CompleteRoute } from '../complete.js'
import type { Runtime } from '../definition.js'
import { Late } from '../late.js'
import { Router } from '../resolve/router.js'
import { Responder } from '../respond/respond.js'
import type { Models } from '../validate/models.js'
import { canonicalDigest } from './canonical.js'

/** What is told of a deployment. */
export interface DeploymentInfo {
  /** Ten characters, made of the definition's data, its functions' source and its `version`. */
  readonly id: string
  readonly description: string | undefined
  /** ISO 8601, by the gateway's clock. */
  readonly createdAt: string
  readonly version: string
}

export interface Deployment {
  readonly info: DeploymentInfo
  readonly complete: Complete
  readonly router: Router<CompleteRoute>
  readonly responder: Responder
  readonly models: Late<Models>
  readonly resourcePolicy: CompiledPolicy | undefined
}

/** Compiles what the stages that point at it share. */
export function createDeployment(
  complete: Complete,
  description: string | undefined,
  now: number,
  onRefusal: Runtime['onRefusal'],
): Deployment {
  const router = new Router<CompleteRoute>({ headFallback: complete.compat !== 'aws' })
  for (const route of complete.routes) {
    for (const pattern of route.patterns) router.add(route.method, pattern, route)
  }
  router.settle()
  const info = {
    id: deploymentId(complete),
    description,
    createdAt: new Date(now).toISOString(),
    version: complete.version,
  }
  return {
    info: Object.freeze(info),
    complete,
    router,
    responder: new Responder(complete, onRefusal),
    models: new Late(() => new (validating().Models)(complete.models)),
    resourcePolicy:
      complete.resourcePolicy && authorizing().compilePolicy(complete.resourcePolicy, 'resource'),
  }
}

/**
 * The same definition has the same id in every process. Functions count by their source: two closures that
 * differ only in what they enclose are the same here, which is what `version` is for.
 */
function deploymentId({ given }: Complete): string {
  const digest = BigInt(`0x${canonicalDigest(given)}`)
  return digest.toString(36).slice(0, 10)
}
