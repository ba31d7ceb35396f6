/** What the contract needs of an adapter: a server, and an honest word on what it cannot do. */
import type { Kind } from './scenario/gateway.js'

export const CAPABILITIES = {
  mounted: 'a gateway in front of the whole app',
  'per-route': 'policies on single routes',
  http2: 'HTTP/2',
  certificates: 'the certificate that a caller shows to the app’s own server',
  'http2-head': 'HEAD over HTTP/2',
  'http2-ends': 'every end of a stream of HTTP/2 is noticed, of a HEAD and without an error too',
  'raw-target': 'the target as it was sent, not as something before the gateway understood it',
  'raw-query': 'the app is given the query as it was spelt',
  'own-path': 'the app’s URL is the one that the gateway passes on, without the stage',
  'all-methods': 'methods that the framework has no routes for',
  'named-rest': 'what a wildcard takes has a name of the route’s own, where the policy is the route’s',
  semicolons: 'a semicolon in a path is a part of it, where the policy is the route’s',
  'seen-answers':
    'the gateway sees the app’s answers: it keeps them, and gives up on those that come too late',
  'seen-abort': 'the app learns that its caller has left',
  'streams-up': 'a body reaches the app while it still comes',
  'both-ways': 'an answer that begins while the body still comes, a refusal for one',
  'cut-upload': 'a body that turns out to be too large is cut off while the app reads it',
  'says-close': 'an answer behind which the connection ends says so',
  'own-errors': 'the framework answers for what a handler throws, behind a mounted gateway',
  'own-route-errors': 'the same, where the policy is the route’s',
  'late-answer': 'the app may go on answering when the gateway has answered in its place',
} as const

export type Capability = keyof typeof CAPABILITIES

/** A server with the scenario's gateway and app. */
export interface Running {
  readonly port: number
  /** The same over HTTP/2, by TLS with a certificate of its own: `https://localhost:8443`. */
  readonly http2?: string
  /** The port of the same over HTTP/1.1 by TLS, which asks its callers for a certificate. */
  readonly https?: number
  stop(): Promise<void>
}

export interface Host {
  /** `Express 5` */
  readonly name: string
  /** What it cannot do, and why. The suite proves that it cannot. */
  readonly lacks: Partial<Readonly<Record<Capability, string>>>
  serve(kind: Kind): Promise<Running>
}
