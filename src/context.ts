/** What the app and its handlers are told of a request. */
import type { ParamsOf } from './params.js'
import type { GatewayRequest } from './port.js'
import type { OutputOf, StandardSchema } from './schema.js'

/** The caller, as its API key names it. */
export interface Client {
  readonly id: string
  readonly name: string | undefined
}

/** What the app is told: `req.gateway`. */
export interface GatewayContext {
  readonly requestId: string
  /** Who called, by API key; absent where the route asks for none. */
  readonly client: Client | undefined
  /** The client's usage plan. */
  readonly plan: string | undefined
  readonly stage: string | undefined
  readonly canary: boolean
  readonly variables: Readonly<Record<string, string>>
  /** `GET /pets/{petId}` */
  readonly route: string | undefined
  readonly params: Readonly<Record<string, string>>
  /** Who called, as an authorizer found out. */
  readonly principal: string | undefined
  /** What the authorizer says of the caller: a Lambda authorizer's context, a token's `claims`, a certificate's `subject`. */
  readonly authorizer: Readonly<Record<string, unknown>>
  /** The body, as its model made it; `undefined` where the route has none. */
  readonly body: unknown
  /** The parameters that the route declares, as their schemas made them. */
  readonly query: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, unknown>>
  /** The caller's address. */
  readonly sourceIp: string
}

/**
 * What a handler is given. `P` is its pattern, from which `params` is typed; `B` the schema value that its body is held
 * to, or the body's own type; `Q` and `H` are the types of `query` and `headers`.
 *
 * @example
 * const Pet = z.object({ name: z.string() })
 * const rename = ({ params, body }: Context<'PUT /pets/{petId}', typeof Pet>) => `${params.petId} is ${body.name}`
 * const list = ({ query }: Context<'GET /pets', unknown, { readonly limit?: number }>) => query.limit
 */
export interface Context<
  P extends string = string,
  B = unknown,
  Q = Readonly<Record<string, unknown>>,
  H = Readonly<Record<string, unknown>>,
> extends Omit<GatewayContext, 'params' | 'body' | 'query' | 'headers'> {
  readonly params: ParamsOf<P>
  readonly body: B extends StandardSchema ? OutputOf<B> : B
  readonly query: Q
  readonly headers: H
  readonly request: GatewayRequest
}
