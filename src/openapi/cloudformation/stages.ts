/** Stages: what is said of them in templates, in the words of a definition. */
import type { MethodSettings, StageDefinition, Throttle } from '../../definition.js'
import { byName } from '../place.js'
import { show } from '../report.js'
import { type DocumentDraft, unheeded } from './document.js'
import type { Template } from './template.js'
import type { Part } from './trace.js'

type Writable<T> = { -readonly [K in keyof T]?: T[K] }

/** A stage's names of things: those of REST APIs, HTTP APIs and SAM are not the same. */
export interface StageParts {
  readonly name: string
  readonly pointer: string
  readonly description?: Part
  readonly variables?: Part
  readonly methodSettings?: Part
  readonly canary?: Part
  readonly cacheEnabled?: Part
  readonly cacheSize?: Part
}

const SETTINGS = new Set(
  'ResourcePath HttpMethod ThrottlingRateLimit ThrottlingBurstLimit CachingEnabled CacheTtlInSeconds'.split(
    ' ',
  ),
)
/** Each method, if nothing else is said of it. */
const ALL = '*'

export class Stages {
  readonly made: Record<string, StageDefinition> = byName()
  readonly places = new Map<string, string>()
  /** Patterns of the methods that some stage keeps answers of. */
  readonly cached = new Set<string>()

  constructor(
    readonly draft: DocumentDraft,
    readonly template: Template = draft.template,
  ) {}

  add(parts: StageParts): void {
    const { name, pointer, cacheEnabled } = parts
    const stage: Writable<StageDefinition> = {}
    const description = parts.description?.text
    if (description !== undefined) stage.description = description
    const variables = textsBy(parts.variables)
    if (variables !== undefined) stage.variables = variables
    const keeps = cacheEnabled?.flag === true
    const methods = this.#methods(parts.methodSettings, keeps)
    if (Object.keys(methods).length > 0) stage.methods = methods
    const canary = this.#canary(parts.canary)
    if (canary !== undefined) stage.canary = canary
    if (keeps) stage.cache = sizeOf(parts.cacheSize)
    this.made[name] = stage
    this.places.set(name, pointer)
  }

  #methods(settings: Part | undefined, keeps: boolean): Record<string, MethodSettings> {
    const made: Record<string, MethodSettings> = byName()
    for (const each of settings?.items ?? []) {
      const setting = this.#setting(each, keeps)
      const path = each.at('ResourcePath').text ?? '/*'
      const method = each.at('HttpMethod').text?.toUpperCase() ?? ALL
      const names = this.#named(path, method, each)
      if (keeps && each.at('CachingEnabled').flag === true) this.#keep(names)
      if (Object.keys(setting).length === 0) continue
      for (const name of names) made[name] = { ...made[name], ...setting }
    }
    return made
  }

  #setting(at: Part, keeps: boolean): MethodSettings {
    const throttle = throttleOf(this.template, at.at('ThrottlingRateLimit'), at.at('ThrottlingBurstLimit'))
    unheeded(this.template, at, SETTINGS, "a method's settings")
    const ttl = at.at('CacheTtlInSeconds').number
    const caching = at.at('CachingEnabled').flag
    return {
      ...(throttle && { throttle }),
      ...(keeps && caching === false && { cache: false as const }),
      ...(keeps && caching === true && { cache: { ttl: ttl ?? 300 } }),
    }
  }

  /** `/~1pets~1{petId}` and `GET`; asterisks stand for all. */
  #named(path: string, method: string, at: Part): readonly string[] {
    if (path === '/*' || path === ALL) return this.#everywhere(method)
    const plain = path
      .replace(/^\/(?=~1)/, '')
      .replaceAll('~1', '/')
      .replaceAll('~0', '~')
    const here = this.draft.operations.filter((each) => each.path === plain)
    const names = here.filter((each) => method === ALL || each.method === method)
    if (names.length === 0) {
      const message = `${show(`${method} ${plain}`)} is no method of the API: its settings hold for nothing`
      this.template.report.warn(
        at.pointer,
        'NO_EFFECT',
        message,
        'Name one that there is, or leave them out.',
      )
    }
    return names.map((each) => `${each.method} ${each.path}`)
  }

  #everywhere(method: string): readonly string[] {
    if (method === ALL) return [ALL]
    return this.draft.operations
      .filter((each) => each.method === method)
      .map((each) => `${method} ${each.path}`)
  }

  /** Only GET is kept unless it is said of another method by name. */
  #keep(names: readonly string[]): void {
    const all = this.draft.operations.map(({ method, path }) => `${method} ${path}`)
    for (const name of names[0] === ALL ? all.filter((each) => each.startsWith('GET ')) : names)
      this.cached.add(name)
  }

  #canary(at: Part | undefined): StageDefinition['canary'] {
    if (at === undefined || !at.given) return undefined
    unheeded(this.template, at, new Set(['PercentTraffic', 'StageVariableOverrides']), 'a canary')
    const variables = textsBy(at.at('StageVariableOverrides'))
    return { percent: at.at('PercentTraffic').number ?? 0, ...(variables && { variables }) }
  }
}

/** Where only one of the two is given, so many at once, or a second, are what it can mean. */
export function throttleOf({ report }: Template, rate: Part, burst: Part): Throttle | undefined {
  const [perSecond, atOnce] = [rate.number, burst.number]
  if (perSecond === undefined && atOnce === undefined) return undefined
  if (perSecond === undefined || atOnce === undefined) {
    const [given, missing] = perSecond === undefined ? [burst, 'rate'] : [rate, 'burst']
    const message = `a throttle without a ${missing} is taken to have ${given.number} for that, too`
    report.warn(given.pointer, 'VALUE_INVALID', message, `Give it a ${missing}.`)
  }
  const both = perSecond ?? atOnce ?? 0
  return { rate: perSecond ?? both, burst: Math.ceil(atOnce ?? both) }
}

function textsBy(at: Part | undefined): Record<string, string> | undefined {
  if (at === undefined || at.fields.length === 0) return undefined
  return byName(at.fields.flatMap(([name, { text }]) => (text === undefined ? [] : [[name, text] as const])))
}

function sizeOf(at: Part | undefined): { readonly size?: `${number}GB` } {
  const size = at?.number
  return size === undefined ? {} : { size: `${size}GB` }
}
