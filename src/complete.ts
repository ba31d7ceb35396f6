/**
 * A definition with everything filled in and nothing of the user's own objects left: what `control/complete.ts`
 * makes of a `Definition`, and what the rest of the gateway is compiled from.
 */
import type { RefusalOverride, StepDefinition, Throttle } from './definition.js'
import type { Context } from './exchange.js'
import type { FamilyType, RefusalType } from './refusal.js'

/** One segment of a pattern. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  /** One whole segment: `{petId}`. */
  | { readonly kind: 'param'; readonly name: string }
  /** Text and parameters in turn: `v:major.:minor`. Starts with text, maybe empty. */
  | { readonly kind: 'mixed'; readonly texts: readonly string[]; readonly names: readonly string[] }
  /** All that is left, at least one segment: `{proxy+}`. Only at the end. */
  | { readonly kind: 'greedy'; readonly name: string }

/** A path pattern, parsed. */
export interface Pattern {
  /** As AWS writes it, whichever syntax it came in: `/files/{path+}`; optional groups as separate patterns. */
  readonly path: string
  readonly segments: readonly Segment[]
}

export interface CompleteLimits {
  readonly target: number
  readonly headers: number
  readonly body: number
  readonly queryParameters: number
  /** ms */
  readonly timeout: number | false
  readonly resources: number
  readonly stages: number
  readonly plans: number
  readonly keys: number
}

export interface CompleteCors {
  readonly origins: '*' | ReadonlySet<string>
  /** `undefined`: those that the path has. */
  readonly methods: readonly string[] | undefined
  /** `undefined`: those that the preflight asks for. */
  readonly headers: readonly string[] | undefined
  readonly exposeHeaders: readonly string[]
  readonly credentials: boolean
  /** Seconds. */
  readonly maxAge: number | undefined
}

export interface CompletePolicy {
  readonly apiKey: { readonly plans: readonly string[] | undefined; readonly observe: boolean } | undefined
  readonly throttles: readonly Throttle[]
  readonly cors: CompleteCors | undefined
  /** ms */
  readonly timeout: number | false
}

export interface CompleteRoute {
  readonly index: number
  /** `GET`, or `ANY`. */
  readonly method: string
  /** As AWS writes it. */
  readonly path: string
  /** `GET /pets/{petId}` */
  readonly name: string
  /** More than one where the pattern has optional parts. */
  readonly patterns: readonly Pattern[]
  readonly policy: CompletePolicy
  readonly handler: ((context: Context) => unknown) | undefined
}

export interface CompletePlan {
  readonly name: string
  readonly description: string | undefined
  readonly throttles: readonly Throttle[]
  readonly quota:
    | {
        readonly limit: number
        readonly period: 'day' | 'week' | 'month'
        readonly offset: number
        readonly observe: boolean
      }
    | undefined
  /** `undefined`: all. */
  readonly stages: ReadonlySet<string> | undefined
  /** By route name: `GET /pets`. */
  readonly methods: ReadonlyMap<string, Throttle>
}

export interface CompleteStage {
  readonly name: string
  readonly description: string | undefined
  readonly variables: Readonly<Record<string, string>>
  readonly throttles: readonly Throttle[]
  /** By route name; the default for each method under `'*'`. */
  readonly methods: ReadonlyMap<string, Throttle>
  readonly canary:
    | {
        readonly percent: number
        readonly variables: Readonly<Record<string, string>>
        readonly deployment: string | undefined
      }
    | undefined
  readonly cors: CompleteCors | undefined
}

/** A base path of a host and the stage that it leads to. */
export interface BasePath {
  /** Its segments; none: every path. */
  readonly segments: readonly string[]
  readonly stage: string
}

export interface Complete {
  readonly api: string
  readonly version: string
  readonly routes: readonly CompleteRoute[]
  readonly plans: ReadonlyMap<string, CompletePlan>
  /** `$default` alone where none is named. */
  readonly stages: ReadonlyMap<string, CompleteStage>
  /** By host, lower case without port; base paths longest first. */
  readonly domains: ReadonlyMap<string, readonly BasePath[]>
  readonly defaultEndpoint: boolean
  readonly account: readonly Throttle[]
  readonly refusals: Readonly<Partial<Record<RefusalType | FamilyType, RefusalOverride>>>
  readonly pass: readonly Pattern[]
  readonly unmatched: 'refuse' | 'pass'
  readonly compat: 'aws' | undefined
  readonly limits: CompleteLimits
  readonly steps: readonly StepDefinition[]
}
