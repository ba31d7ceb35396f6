/** The names that a definition may mention, because it has them. */

import type { IntegrationPlace } from '../../integration.js'
import { DEFAULT_ACCOUNT_ID, DEFAULT_API, DEFAULT_REGION } from '../complete/defaults.js'
import type { Spot } from './spot.js'

/** A route that others may name. */
export interface RouteInScope {
  readonly asksApiKey: boolean
}

export interface Home {
  readonly api: string
  readonly region: string
  readonly accountId: string
  /** Those that are there already, beside the definition's own. */
  readonly stages: readonly string[]
}

export interface Scope {
  /** By name: `GET /pets/{petId}`. */
  readonly routes: ReadonlyMap<string, RouteInScope>
  /** The shapes of guarded paths, and which route guards each. */
  readonly guards: ReadonlyMap<string, Spot>
  readonly stages: readonly string[]
  /** `undefined`: no plan is there, and none is expected. */
  readonly plans: readonly string[] | undefined
  readonly models: readonly string[]
  /** The models themselves, as the checked copy has them: schemas that stand in routes may refer to them. */
  readonly schemas: ReadonlyMap<string, unknown>
  readonly authorizers: readonly string[]
  /** Whether there is anybody who could sign: `credentials`. */
  readonly signed: boolean
  /** Whether there is any proxy to be believed: `trustProxy`. */
  readonly proxied: boolean
  /** What the ARNs of this API are made of. */
  readonly home: Home
  /** What integrations may name. */
  readonly around: Omit<IntegrationPlace, 'params'>
}

/** What the definition says of itself. */
export function homeIn(at: Spot): Home {
  const textAt = ({ value }: Spot, otherwise: string) => (typeof value === 'string' ? value : otherwise)
  return {
    api: textAt(at.at('api'), DEFAULT_API),
    region: textAt(at.at('region'), DEFAULT_REGION),
    accountId: textAt(at.at('account').at('id'), DEFAULT_ACCOUNT_ID),
    stages: [],
  }
}
