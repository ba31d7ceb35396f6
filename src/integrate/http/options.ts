/** What `http()` is told. */
import type { IntegrationOptions, MappingOptions } from '../../integration.js'
import type { ConnectionOptions } from './connections.js'
import type { HealthPolicy } from './health.js'
import type { OutlierPolicy } from './outliers.js'

/** One of several upstreams of an integration. */
export interface Upstream {
  /** Scheme, host and port; the path may be left out, and is the same for all. */
  readonly url: string
  /** Its share of the calls, beside those of the others. Default 1; 0: none. */
  readonly weight?: number
}

/** How an HTTP integration calls its upstream. */
export interface HttpOptions extends IntegrationOptions, MappingOptions, ConnectionOptions {
  /** Of the upstream's request. Default, and `'ANY'`: the caller's. */
  readonly method?: string
  /**
   * `true`: everything is passed both ways, AWS's `HTTP_PROXY`; `request.parameters` still map. `false`: request and
   * answer are what their mappings make of them, AWS's `HTTP`. Default: `true`, unless there are `responses`, or
   * templates or a function for the request.
   */
  readonly proxy?: boolean
  /**
   * The definition's link whose targets are called, or `'${stageVariables.link}'`. The URL's host is then only what they
   * are told that they are called.
   */
  readonly vpcLink?: string
  /** How the gateway calls itself in `Via`; `false`: not at all. Default `'postern'`. */
  readonly via?: string | false
  /** Asks targets by itself whether they are well. Default: nothing is asked. */
  readonly health?: HealthPolicy
  /** Which of several targets is passed over for its answers. Default: as {@link OutlierPolicy}. */
  readonly outliers?: false | OutlierPolicy
}

/** The same with where it leads. */
export interface HttpDefinition extends HttpOptions {
  readonly url: string | readonly (string | Upstream)[]
}
