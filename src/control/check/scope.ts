/** The names that a definition may mention, because it has them. */

/** A route that others may name. */
export interface RouteInScope {
  readonly asksApiKey: boolean
}

export interface Scope {
  /** By name: `GET /pets/{petId}`. */
  readonly routes: ReadonlyMap<string, RouteInScope>
  /** The shapes of guarded paths, and which route guards each: `routes[0]`. */
  readonly guards: ReadonlyMap<string, string>
  readonly stages: readonly string[]
  /** `undefined`: no plan is there, and none is expected. */
  readonly plans: readonly string[] | undefined
  readonly models: readonly string[]
  readonly authorizers: readonly string[]
}
