/**
 * Finds the route of a path, as AWS has it: literal text before text with parameters before a parameter before
 * `{proxy+}`, a trailing slash ignored; then the method, and no other resource where it lacks that.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
import { Bare } from '../bare.js'
import type { Pattern, Segment } from '../complete.js'
import { find, found, type Place } from './places.js'
import { type Fork, type Growth, Resource } from './resource.js'
import { settle } from './settle.js'
import { decodeText, encodeSegment, Target } from './target.js'
import { type Capture, fold, mixedValues, Node } from './trie.js'
import { type Captures, type Verb, Verbs } from './verb.js'

export type Params = Readonly<Record<string, string>>

const NONE: Params = Object.freeze(new Bare<string>())

/** A route found. */
export class Match<T> {
  constructor(
    readonly value: T,
    /** Decoded; frozen and shared where there are none. */
    readonly params: Params,
    readonly resource: Resource<T>,
  ) {}
}

/** The path is there, but not for this method. */
export class MethodMiss {
  constructor(readonly allow: readonly string[]) {}
}

export interface RouterOptions {
  /** Whether HEAD goes where GET does. Default true; AWS does not. */
  readonly headFallback?: boolean
}

export class Router<T> {
  readonly #headFallback: boolean
  readonly #root = new Node<Resource<T>>()
  /** The same, case folded away; what differs only by case shares one value. */
  readonly #folded = new Node<Set<Resource<T>>>()
  /** Whether folding changes any pattern. */
  #cased = false
  readonly #growth: Growth = { routes: 0 }

  /** Where all paths begin, once all routes have come that have: see {@link settle}. */
  #first: Place<Verb> | undefined = undefined
  #firstFolded: Place<Set<Resource<T>>> | undefined = undefined
  /** Of all routes, in the order in which places count them. */
  #values: T[] = []
  #resources: Resource<T>[] = []

  constructor({ headFallback = true }: RouterOptions = {}) {
    this.#headFallback = headFallback
  }

  /** Adds a route, unless one with the same method and paths is there; then returns that one's value. */
  add(method: string, pattern: Pattern, value: T): T | undefined {
    const node = pattern.segments.reduce((above, segment) => above.grow(segment), this.#root)
    node.value ??= this.#resource(pattern)
    this.#first = undefined
    this.#firstFolded = undefined
    return node.value.add({ method, value, captures: capturesOf(pattern) })
  }

  /** Brings the routes that have come into the form in which they are matched. The first match does it otherwise. */
  settle(): Place<Verb> {
    const verbs = new Verbs()
    this.#values = []
    this.#resources = []
    this.#first = settle(this.#root, (resource) => {
      const { entries } = resource
      for (const { value } of entries) {
        this.#values.push(value)
        this.#resources.push(resource)
      }
      return { end: verbs.of(entries), count: entries.length }
    })
    return this.#first
  }

  /**
   * The route of a target whose first `from` segments are not part of the path.
   *
   * @returns `undefined` where no resource has the path
   */
  match(method: string, target: Target, from: number): Match<T> | MethodMiss | undefined {
    const first = find(this.#first ?? this.settle(), target.canonicalPath, target.offset(from))
    if (first === undefined) return undefined
    const verb = first.for(method, this.#headFallback)
    const index = found.index + (verb?.at ?? 0)
    const resource = this.#resources[index] as Resource<T>
    if (verb === undefined) return new MethodMiss(resource.methods)
    const params = verb.names.length === 0 ? NONE : read(verb, target)
    return new Match(this.#values[index] as T, params, resource)
  }

  /**
   * The route that begins where a path ends: `/pets/{petId}` for `/pets` and `/pets/`. Some apps let a parameter be empty
   * at the end of a path.
   */
  beyond(method: string, { canonicalPath }: Target, from: number): T | undefined {
    const match = this.match(method, furtherTarget(canonicalPath), from)
    return match instanceof Match ? match.value : undefined
  }

  /**
   * Whether an app that folds case could take a matched path for that of a more specific route: `/ADMIN`, matched
   * by `/{proxy+}`, for `/admin`. Patterns that differ by case alone are taken to be meant so.
   */
  foldedDiffers(target: Target, from: number, { resource }: Match<T>): boolean {
    if (!resource.contested || !(this.#cased || /[A-Z%]/.test(target.canonicalPath))) return false
    return !(this.#findFolded(foldTarget(target), from)?.has(resource) ?? false)
  }

  /**
   * Whether an app that decodes slashes, as `express.static` does, could take a matched path for that of another
   * route: `/secret%2Fkey`, matched by `/{proxy+}`, for `/secret/{file}`. Not where only a more general one is left.
   */
  slashDiffers(target: Target, from: number, { resource }: Match<T>): boolean {
    if (!(target.encoded && target.canonicalPath.includes('%2F'))) return false
    const others = this.#findFolded(unslashTarget(foldTarget(target)), from)
    if (others === undefined || others.has(resource)) return false
    return [...others].some((other) => !resource.outranks(other))
  }

  /** Those of whose a path is, see {@link foldTarget}, once case and a trailing slash are folded away. */
  foldedMatches(folded: Target, from: number): Iterable<Resource<T>> {
    return this.#findFolded(folded, from) ?? []
  }

  #findFolded(folded: Target, from: number): Set<Resource<T>> | undefined {
    this.#firstFolded ??= settle(this.#folded, (all) => ({ end: all, count: 0 }))
    return find(this.#firstFolded, folded.canonicalPath, folded.offset(from))
  }

  #resource({ segments }: Pattern): Resource<T> {
    const forks: Fork[] = []
    const all = segments.map(foldSegment)
    let node = this.#folded
    for (const [index, segment] of segments.entries()) {
      const folded = all[index] ?? segment
      if (segment.kind !== 'literal') forks.push([node, folded])
      this.#cased ||= JSON.stringify(folded) !== JSON.stringify(segment)
      node = node.grow(folded)
    }
    const resource = new Resource<T>(this.#headFallback, forks, all, this.#growth)
    node.value = (node.value ?? new Set()).add(resource)
    return resource
  }
}

function capturesOf({ segments }: Pattern): Captures {
  const all = segments.filter((segment) => segment.kind !== 'literal')
  const names = all.flatMap((segment) => (segment.kind === 'mixed' ? segment.names : [segment.name]))
  return { names, mixed: all.some(({ kind }) => kind === 'mixed') ? all : undefined }
}

/** The same path, case and a trailing slash folded away: once for all routers that are asked about it. */
export function foldTarget({ segments }: Target): Target {
  const path = `/${segments.map((segment) => encodeSegment(fold(segment))).join('/')}`
  return new Target(path, '', path, path.includes('%'))
}

/** The same with encoded slashes taken for slashes. */
export function unslashTarget({ canonicalPath }: Target): Target {
  const path = canonicalPath.replaceAll('%2F', '/').replace(/\/{2,}/g, '/')
  return new Target(path, '', path, path.includes('%'))
}

/** The same with a segment more, which no text equals: what begins there takes it. */
export function furtherTarget(path: string): Target {
  const longer = `${path}${path.endsWith('/') ? '' : '/'}%00`
  return new Target(longer, '', longer, true)
}

/** The parameters where the last walk found them. */
function read({ names, mixed }: Captures, { canonicalPath, encoded }: Target): Params {
  if (mixed !== undefined) return readMixed(mixed, canonicalPath)
  const params = new Bare<string>()
  for (let index = 0; index < names.length; index++) {
    const text = canonicalPath.slice(found.captured[index * 2], found.captured[index * 2 + 1])
    params[names[index] as string] = encoded ? decodeText(text) : text
  }
  return params
}

function readMixed(captures: readonly Capture[], path: string): Params {
  const params = new Bare<string>()
  for (const [index, capture] of captures.entries()) {
    const text = decodeText(path.slice(found.captured[index * 2], found.captured[index * 2 + 1]))
    const values = capture.kind === 'mixed' ? (mixedValues(capture.texts, text) ?? []) : [text]
    const names = capture.kind === 'mixed' ? capture.names : [capture.name]
    for (const [at, name] of names.entries()) params[name] = values[at] ?? ''
  }
  return params
}

function foldSegment(segment: Segment): Segment {
  if (segment.kind === 'literal') return { kind: 'literal', text: fold(segment.text) }
  return segment.kind === 'mixed' ? { ...segment, texts: segment.texts.map(fold) } : segment
}
