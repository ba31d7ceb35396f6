/** The OpenAPI document that is made of a template, and what it has no words for. */
import type { StageDefinition, UsagePlan } from '../../definition.js'
import { byName } from '../place.js'
import { show } from '../report.js'
import type { Resource, Template } from './template.js'
import { type Draft, Part } from './trace.js'

/** What a template says of an API. */
export interface TemplateApi {
  /** OpenAPI, with AWS's extensions. */
  readonly document: object
  readonly stages: Readonly<Record<string, StageDefinition>>
  readonly plans: Readonly<Record<string, UsagePlan>>
  readonly domains: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Whether only these are to be served. */
  readonly domainsOnly: boolean
  readonly apiKeys: readonly TemplateApiKey[]
  /** Where the document's parts are from. @param keys of the part, from the root on */
  readonly locate: (keys: readonly (string | number)[]) => string
  /** Where parts of the definition are from: `stages.prod`. */
  readonly places: ReadonlyMap<string, string>
}

/** An API key of a template: keys are created, `gateway.control.createApiKey(key)`, as no definition holds them. */
export interface TemplateApiKey {
  readonly name: string
  readonly description?: string
  readonly enabled: boolean
  /** Where the template gives it. */
  readonly value?: string
  /** The names of its usage plans. */
  readonly plans: readonly string[]
}

const X = 'x-amazon-apigateway-'
/** Of security schemes: AWS has no name for it. */
const API_KEY = 'api_key'
const FIELDS = /^(?:get|put|post|delete|options|head|patch|trace)$/
const ANY = `${X}any-method`

/** A resource, or what stands for one. */
export interface Propertied {
  readonly pointer: string
  at(name: string): Part
}

export class DocumentDraft {
  readonly root: Draft
  readonly version: '2.0' | '3'
  readonly #paths: Draft
  readonly #items = new Map<string, Draft>()
  readonly #sections = new Map<string, Draft>()
  /** The names of its schemas. */
  readonly schemas = new Set<string>()

  constructor(
    readonly template: Template,
    readonly api: { readonly pointer: string; readonly name: Part },
    /** The definition that the API has itself. */
    readonly body: Part,
  ) {
    const { trace } = template
    this.version = body.at('swagger').given ? '2.0' : '3'
    this.root = body.given ? trace.extend(body) : trace.build(api.pointer)
    if (!body.given) {
      this.root.openapi = '3.0.1'
      const title = api.name.text === undefined ? 'API' : api.name
      trace.put(this.root, 'info', trace.build(api.name.pointer, { title, version: '1' }))
    }
    this.#paths = this.#open(this.root, 'paths', body.at('paths'))
    const schemas = this.version === '2.0' ? body.at('definitions') : body.at('components').at('schemas')
    for (const [name] of schemas.fields) this.schemas.add(name)
  }

  /** @param path as templates write it @param method in whichever case; `ANY` for all */
  operation(path: string, method: string, operation: Draft, at: Part): void {
    const { report } = this.template
    const field = fieldOf(method)
    if (field === undefined) {
      report.fault(
        at.pointer,
        'VALUE_INVALID',
        `${show(method)} is no method`,
        "Write 'GET', or 'ANY' for all.",
      )
      return
    }
    const item = this.item(path)
    if (Object.hasOwn(item, field)) {
      const message = `${method.toUpperCase()} ${path} is there twice`
      report.fault(at.pointer, 'DUPLICATE', message, 'Keep one of them.')
    } else this.template.trace.put(item, field, operation)
  }

  /** Another operation instead of one that is there. */
  replace(path: string, method: string, operation: Draft): void {
    const field = fieldOf(method)
    if (field !== undefined) this.template.trace.put(this.item(path), field, operation)
  }

  /** The operations that there are. */
  get operations(): readonly { readonly path: string; readonly method: string; readonly at: Part }[] {
    const paths = new Part(this.#paths, this.api.pointer, this.template.trace)
    return paths.fields.flatMap(([path, item]) =>
      item.fields.flatMap(([field, at]) => {
        const method = field === ANY ? 'ANY' : FIELDS.test(field) ? field.toUpperCase() : undefined
        return method === undefined ? [] : [{ path, method, at }]
      }),
    )
  }

  /** A path's entry, to be added to. */
  item(path: string): Draft {
    const known = this.#items.get(path)
    if (known !== undefined) return known
    const item = this.#open(this.#paths, path, this.body.at('paths').at(path))
    this.#items.set(path, item)
    return item
  }

  extension(name: string, value: unknown, pointer?: string): void {
    this.template.trace.put(this.root, X + name, value, pointer)
  }

  /** Adds to an extension that holds things by name. */
  entry(extension: string, name: string, value: unknown): void {
    this.template.trace.put(this.#section(X + extension), name, value)
  }

  schema(name: string, schema: Part): void {
    this.schemas.add(name)
    this.template.trace.put(this.#section(this.version === '2.0' ? 'definitions' : 'schemas'), name, schema)
  }

  scheme(name: string, scheme: Draft): void {
    const section = this.version === '2.0' ? 'securityDefinitions' : 'securitySchemes'
    this.template.trace.put(this.#section(section), name, scheme)
  }

  reference(schema: string): Draft {
    const name = schema.replaceAll('~', '~0').replaceAll('/', '~1')
    const $ref = this.version === '2.0' ? `#/definitions/${name}` : `#/components/schemas/${name}`
    return byName([['$ref', $ref]])
  }

  /** The security scheme of API keys. */
  apiKeys(pointer: string): string {
    this.scheme(
      API_KEY,
      this.template.trace.build(pointer, { type: 'apiKey', name: 'x-api-key', in: 'header' }),
    )
    return API_KEY
  }

  #section(name: string): Draft {
    const known = this.#sections.get(name)
    if (known !== undefined) return known
    const inComponents = name === 'schemas' || name === 'securitySchemes'
    const outer = inComponents ? this.#section('components') : this.root
    const before = inComponents ? this.body.at('components').at(name) : this.body.at(name)
    const section = this.#open(outer, name, before)
    this.#sections.set(name, section)
    return section
  }

  /** A copy of what is there already, or something new. */
  #open(outer: Draft, name: string, before: Part): Draft {
    const { trace } = this.template
    const made = before.fields.length > 0 ? trace.extend(before) : trace.build(this.api.pointer)
    trace.put(outer, name, made)
    return made
  }
}

function fieldOf(method: string): string | undefined {
  const name = method.toLowerCase()
  if (name === 'any' || name === '*' || name === ANY) return ANY
  return FIELDS.test(name) ? name : undefined
}

/** Fields of a resource by the names that documents have for them. */
export function renamed(
  part: { at(key: string): Part },
  names: Readonly<Record<string, string>>,
): Readonly<Record<string, Part>> {
  return Object.fromEntries(Object.entries(names).map(([to, from]) => [to, part.at(from)]))
}

/** Tells of the fields of a part that nobody acts upon. */
export function unheeded(template: Template, part: Part, known: ReadonlySet<string>, what: string): void {
  for (const [name, each] of part.fields) {
    if (known.has(name) || !each.given) continue
    const message = `${show(name)} of ${what} has no counterpart here`
    template.report.warn(each.pointer, 'RESOURCE_UNSUPPORTED', message, 'Leave it to AWS.')
  }
}

/** Those of the resources that say by a property that they are of an API. */
export function ofApi(
  template: Template,
  api: string,
  property: string,
  ...types: readonly string[]
): readonly Resource[] {
  return template.all(...types).filter((each) => each.at(property).text === api)
}
