/** What holds where a definition says nothing. All of the defaults, and AWS's numbers unless said otherwise. */
import type { CompleteCors, CompleteLimits } from '../../complete.js'
import type { Throttle } from '../../definition.js'

export const DEFAULT_API = 'api'

export const DEFAULT_REGION = 'us-east-1'

export const DEFAULT_ACCOUNT_ID = '000000000000'

export const DEFAULT_LIMITS: CompleteLimits = {
  target: 8_192,
  headers: 10_240,
  body: 10_485_760,
  queryParameters: 1_000,
  timeout: 29_000,
  resources: 300,
  stages: 10,
  plans: 300,
  keys: 10_000,
}

export const DEFAULT_ACCOUNT: readonly Throttle[] = [{ rate: 10_000, burst: 5_000 }]

/** Cross-origin rules of `cors: true`, and what holds for each part that an object leaves out. */
export const DEFAULT_CORS: CompleteCors = {
  origins: '*',
  methods: undefined,
  headers: undefined,
  exposeHeaders: [],
  credentials: false,
  maxAge: undefined,
}

/** `cors: false` on a route: no origin is allowed, whatever its stage or the definition says. */
export const NO_CORS: CompleteCors = { ...DEFAULT_CORS, origins: new Set() }

/** Seconds for which a Lambda authorizer's answer is kept. */
export const DEFAULT_AUTHORIZER_TTL = 300

/** Where tokens stand. */
export const DEFAULT_TOKEN_HEADER = 'authorization'

/** Algorithms of tokens: those by which only the issuer can sign. */
export const ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
]
