/** What is told of the routes that are served. */
import type { CompleteRoute } from '../complete.js'
import type { Policy } from '../definition.js'
import type { Live } from '../live.js'
import type { Inline } from './publish.js'

/** A route that is served: {@link Gateway.routes}. */
export interface RouteInfo {
  /** `GET /pets/{petId}`; for a policy of the app's without a pattern, `undefined` like method and path. */
  readonly name: string | undefined
  /** `GET`, or `ANY`. */
  readonly method: string | undefined
  /** As AWS writes it: `/pets/{petId}`. */
  readonly path: string | undefined
  /** The stages that serve it. */
  readonly stages: readonly string[]
  /** As it was written. */
  readonly policy: Policy
  /** What answers: the route's own handler, the app, or an integration by its type, `http` or `lambda` for two. */
  readonly answeredBy: 'handler' | 'app' | (string & {})
  /** Where it is declared: in the definition, or on a route of the app's. */
  readonly declaredIn: 'definition' | 'app'
}

/** By definition and in its order, then those that the app declared. */
export function routesOf({ byName }: Live, inline: readonly Inline[]): readonly RouteInfo[] {
  const routes = new Map<unknown, RouteInfo & { readonly stages: string[] }>()
  for (const [stage, { deployment }] of byName) {
    for (const route of deployment.complete.routes) {
      const known = routes.get(route)
      if (known !== undefined) known.stages.push(stage)
      else routes.set(route, infoOf(route, stage, answererOf(route)))
    }
  }
  const declared = inline.map(({ route, given, stage }) => ({
    ...infoOf({ ...route, given }, stage, 'app' as const),
    declaredIn: 'app' as const,
  }))
  return [...routes.values(), ...declared]
}

function answererOf({ handler, integration }: CompleteRoute): RouteInfo['answeredBy'] {
  return integration?.kind.type ?? (handler === undefined ? 'app' : 'handler')
}

function infoOf(
  route: { readonly name?: string; readonly method?: string; readonly path?: string; readonly given: Policy },
  stage: string,
  answeredBy: RouteInfo['answeredBy'],
) {
  const { name, method, path, given: policy } = route
  return { name, method, path, stages: [stage], policy, answeredBy, declaredIn: 'definition' as const }
}
