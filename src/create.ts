/** createGateway: what everything begins with. */
import type { DocumentGatewayDefinition, GatewayDefinition, OpenApiSource } from './definition.js'
import { Gateway } from './gateway.js'

/** Names that a document gives are known at run time only. */
type Named<N extends string, O> = [O] extends [undefined] ? N : string

/**
 * A gateway over your app. It is handed to an adapter, `toExpress(gateway)`, or in a test to `send`.
 *
 * @throws DefinitionError with everything that is wrong, where it stands, and what would be right
 *
 * @example
 * const gateway = createGateway({
 *   routes: [route('GET /pets/{petId}'), route('POST /pets', { apiKey: true })],
 *   plans: { free: { throttle: { rate: 1, burst: 5 } } },
 * })
 */
export function createGateway<
  const Mo extends string = never,
  const Pl extends string = never,
  const Au extends string = never,
  O extends OpenApiSource | undefined = undefined,
>(
  definition: GatewayDefinition<Mo, Pl, Au> | (DocumentGatewayDefinition & { readonly openapi: O }),
): Gateway<Named<Pl, O>, Named<Mo, O>, Named<Au, O>> {
  return new Gateway(definition as GatewayDefinition)
}
