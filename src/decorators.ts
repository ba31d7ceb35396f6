/** Routes as methods of a class. The decorators work as TC39 has them and under `experimentalDecorators`. */

import type { Authorize } from './access.js'
import type { Context } from './context.js'
import type { BodyOf, HeadersOf, QueryOf } from './inferred.js'
import type { PathPattern } from './params.js'
import { classOf, misplaced, placementOf } from './placement.js'
import type { Body, DeclaredParameters, Policy, RouteDefinition } from './policy.js'

/** What {@link Route} makes: it takes methods of instances, whose parameter is a `C` or less. */
export interface RouteDecorator<C> {
  /**
   * As TC39 has it.
   *
   * @typeParam M the method
   */
  <This, M extends (this: This, context: C) => unknown>(
    method: M,
    context: ClassMethodDecoratorContext<This, M> & { readonly static: false; readonly private: false },
  ): void
  /**
   * Under `experimentalDecorators`.
   *
   * @typeParam M the method
   */
  <M extends (context: C) => unknown>(
    prototype: object & { readonly prototype?: never },
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void
}

/** What {@link Api} makes. */
export type ApiDecorator = (
  target: abstract new (...given: never) => object,
  context?: ClassDecoratorContext,
) => void

/** What the routes of a class share: the beginning of their paths, and a policy. */
export interface ApiOptions extends Policy {
  /** Before the path of each route: `'/pets'`. */
  readonly path?: `/${string}`
}

/** A `@Route` that was written on a method. */
interface Declared {
  readonly pattern: string
  readonly policy: Policy
  readonly key: PropertyKey
  /** With `key`, the method that it was written on: an override is another one. */
  readonly of: unknown
}

/** By prototype, or by instance: whichever the decorators of a method meet. */
const written = new WeakMap<object, Declared[]>()
/** What `@Api` says, by prototype. */
const shared = new WeakMap<object, { readonly path: string; readonly policy: Policy }>()

/**
 * A method that answers a route, in place of the app: what it is given and may return is as with a handler of
 * {@link route}. One method may have several. Subclasses inherit routes: an override answers them, one with a
 * `@Route` of its own answers that instead.
 *
 * Names of models, plans and authorizers are checked when the gateway is created, not by the compiler.
 *
 * @param pattern method and path: `GET /pets/{petId}`
 * @param policy what it demands; a field that is left out is as in the class's {@link Api}
 * @throws TypeError where it stands on anything but a public method of instances
 *
 * @example
 * class Pets {
 *   @Route('GET /pets/{petId}', { cache: { ttl: 60 } })
 *   find({ params }: Context<'GET /pets/{petId}'>) {
 *     return { id: params.petId }
 *   }
 * }
 * createGateway({ routes: routesOf(new Pets()) })
 */
export function Route<
  const P extends PathPattern,
  const B extends Body = never,
  const Q extends DeclaredParameters = DeclaredParameters,
  const H extends DeclaredParameters = DeclaredParameters,
>(
  pattern: P,
  policy: Policy<B, string, Authorize, Q, H> = {},
): RouteDecorator<Context<P, BodyOf<B>, QueryOf<Q>, HeadersOf<H>>> {
  if (typeof pattern !== 'string') throw new TypeError("@Route is called with a pattern: @Route('GET /pets')")
  return (...given: readonly unknown[]) => {
    const placement = placementOf(given)
    const wrong = misplaced(placement)
    if (wrong !== undefined) throw new TypeError(`@Route('${pattern}') stands on ${wrong}`)
    const declared = { pattern, policy, key: placement.name, of: placement.of }
    placement.attach((holder) => write(holder, declared))
  }
}

/**
 * What the routes of a class share. A field of a route's own policy wins over the same field here, whole, unless
 * it is `undefined`. It holds for inherited routes, too; of several classes that have one, the nearest to the instance
 * speaks alone.
 *
 * @param options `path` before the path of each route, and any field of a policy
 * @throws TypeError where it stands on anything but a class, or twice on one
 *
 * @example
 * @Api({ path: '/pets', apiKey: true })
 * class Pets {
 *   @Route('GET /{petId}') // GET /pets/{petId}
 *   find({ params }: Context<'GET /{petId}'>) {
 *     return { id: params.petId }
 *   }
 * }
 */
export function Api(options: ApiOptions): ApiDecorator {
  if (typeof options !== 'object' || options === null)
    throw new TypeError("@Api is called with what the routes of a class share: @Api({ path: '/pets' })")
  const { path = '', ...policy } = options
  if (path !== '' && !path.startsWith('/'))
    throw new TypeError(`the path of @Api is '${path}': begin it with a slash, '/${path}'`)
  return (...given: readonly unknown[]) => {
    const on = classOf(given)
    if (on === undefined)
      throw new TypeError('@Api stands on a member of a class: put it on the class itself')
    if (shared.has(on.prototype))
      throw new TypeError(`@Api stands twice on ${on.name}: write all that its routes share in one`)
    shared.set(on.prototype, { path: path.replace(/\/+$/, ''), policy })
  }
}

/**
 * The routes of instances, for a definition: those of base classes first, each class's in the order in which they
 * are written. A handler calls its method on the instance, by name, when a request comes.
 *
 * @param instances of classes whose methods have {@link Route}
 * @throws TypeError where there are no routes
 *
 * @example
 * createGateway({ routes: [...routesOf(new Pets(db), new Toys(db)), route('GET /health')] })
 */
export function routesOf(
  ...instances: readonly [object, ...object[]]
): RouteDefinition<string, never, never, never>[] {
  const routes = instances.flatMap((instance): RouteDefinition[] => {
    const holders = holdersOf(instance)
    const standing = withoutOverridden(holders.flatMap((holder) => written.get(holder) ?? []))
    if (standing.length === 0) throw withoutRoutes(instance)
    const nearest = holders.findLast((holder) => shared.has(holder)) ?? instance
    const { path, policy } = shared.get(nearest) ?? NOTHING_SHARED
    return standing.map((each) => ({
      pattern: prefixed(path, each.pattern),
      policy: { ...policy, ...given(each.policy) },
      handler: calling(instance, each.key),
    }))
  })
  return routes as RouteDefinition<string, never, never, never>[]
}

const NOTHING_SHARED = { path: '', policy: {} }

/** Decorators of one method are called from the last to the first; methods in their order. */
function write(holder: object, declared: Declared): void {
  const all = written.get(holder) ?? []
  const first = all.findIndex(({ key, of }) => key === declared.key && of === declared.of)
  all.splice(first === -1 ? all.length : first, 0, declared)
  written.set(holder, all)
}

/** Without those of methods whose override has routes of its own. Base classes come first. */
function withoutOverridden(all: readonly Declared[]): readonly Declared[] {
  const nearest = new Map(all.map(({ key, of }) => [key, of]))
  return all.filter(({ key, of }) => nearest.get(key) === of)
}

/** An object's prototypes, the base first, and itself. */
function holdersOf(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return []
  return [...holdersOf(Object.getPrototypeOf(value)), value]
}

function withoutRoutes(instance: unknown): TypeError {
  if (typeof instance === 'function') {
    const name = instance.name || 'Pets'
    return new TypeError(`routesOf() was given the class ${name}: give an instance, routesOf(new ${name}())`)
  }
  if (typeof instance !== 'object' || instance === null)
    return new TypeError(`routesOf() was given ${String(instance)}: give an instance, routesOf(new Pets())`)
  const { constructor } = instance
  const name = typeof constructor === 'function' ? constructor.name : 'an object without a class'
  return new TypeError(`routesOf() found no routes on ${name}: write @Route('GET /pets') above its methods`)
}

/** `GET /{petId}` under `/pets` is `GET /pets/{petId}`, and `GET /` is `GET /pets`. */
function prefixed(path: string, pattern: string): string {
  const at = pattern.indexOf(' /') + 1
  if (path === '' || at === 0) return pattern
  const own = pattern.slice(at)
  return `${pattern.slice(0, at)}${path}${own === '/' ? '' : own}`
}

/** What an unset variable leaves `undefined` must not take away what all routes of the class demand. */
function given(policy: Policy): Policy {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined))
}

/** By name and late: whatever wraps or overrides the method by then is called. */
function calling(instance: object, key: PropertyKey): (context: Context) => unknown {
  return (context) => Reflect.apply(Reflect.get(instance, key), instance, [context])
}
