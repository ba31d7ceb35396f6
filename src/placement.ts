/** Where a decorator stands: told alike, whether it is called as TC39 has it or under `experimentalDecorators`. */

export interface Placement {
  readonly kind: DecoratorContext['kind'] | 'parameter'
  readonly name: PropertyKey
  readonly static: boolean
  readonly private: boolean
  /** With the name, the very method of the very class: an override is another one. */
  readonly of: unknown
  /** Calls back with the prototype now, or with each instance as it is made: a TC39 method decorator meets no class. */
  attach(to: (holder: object) => void): void
}

/** What a decorator of a member was called with: `(value, context)`, or `(target, key, descriptor)`. */
export function placementOf([target, at, third]: readonly unknown[]): Placement {
  return isContext(at) ? modern(at) : legacy(target, at, third)
}

/** The class that a decorator of classes was called with; `undefined` where it stands on something else. */
export function classOf([target, at]: readonly unknown[]): { name: string; prototype: object } | undefined {
  const onClass = typeof target === 'function' && (at === undefined || (isContext(at) && at.kind === 'class'))
  return onClass ? (target as unknown as { name: string; prototype: object }) : undefined
}

/** What is wrong with where it stands, and what would be right; `undefined` on a public method of instances. */
export function misplaced(placement: Placement): string | undefined {
  const { kind, name } = placement
  const called = String(name)
  if (kind === 'class') return 'a class: put it on a method, and what its routes share into @Api'
  if (kind === 'parameter') return `a parameter of '${called}': put it on the method itself`
  if (kind !== 'method') return `the ${kind} '${called}': write it as a method, ${called}(context) { … }`
  if (placement.static)
    return `the static method '${called}': leave out 'static', routesOf() takes an instance`
  if (placement.private) return `the private method '${called}': leave out the '#', routes are called by name`
  return undefined
}

function isContext(at: unknown): at is DecoratorContext {
  return typeof at === 'object' && at !== null && 'kind' in at
}

function modern(context: DecoratorContext): Placement {
  if (context.kind === 'class') return { ...NOWHERE, kind: 'class' }
  const metadata: DecoratorMetadata | undefined = context.metadata
  return {
    kind: context.kind,
    name: context.name,
    static: context.static,
    private: context.private,
    // A class's own, where there is such a thing. TypeScript leaves it out where `Symbol.metadata` is not, as in
    // Node 20, and gives the same accessors to all decorators of a method.
    of: metadata ?? context.access.has,
    attach: (to) => context.addInitializer(toHolder(to)),
  }
}

function toHolder(to: (holder: object) => void) {
  return function (this: unknown) {
    if (typeof this === 'object' && this !== null) to(this)
  }
}

function legacy(target: unknown, key: unknown, third: unknown): Placement {
  if (typeof third === 'number') return { ...NOWHERE, kind: 'parameter', name: nameOf(key, 'constructor') }
  if (typeof target !== 'object' && key === undefined) return { ...NOWHERE, kind: 'class' }
  return {
    kind: kindOf(third),
    name: nameOf(key, ''),
    static: typeof target === 'function',
    private: false,
    of: target,
    attach: (to) => {
      if (typeof target === 'object' && target !== null) to(target)
    },
  }
}

const NOWHERE: Omit<Placement, 'kind'> = {
  name: '',
  static: false,
  private: false,
  of: undefined,
  attach: () => {},
}

function nameOf(key: unknown, otherwise: string): PropertyKey {
  return typeof key === 'string' || typeof key === 'symbol' ? key : otherwise
}

/** By its descriptor, which a field has none of, or one without a function. */
function kindOf(descriptor: unknown): 'method' | 'field' | 'getter' | 'setter' {
  if (typeof descriptor !== 'object' || descriptor === null) return 'field'
  if (typeof Reflect.get(descriptor, 'get') === 'function') return 'getter'
  if (typeof Reflect.get(descriptor, 'set') === 'function') return 'setter'
  return typeof Reflect.get(descriptor, 'value') === 'function' ? 'method' : 'field'
}
