/** Parameters: what of them is asked of requests, and what is only said. */
import type { PlainData } from '../docs.js'
import type { DeclaredParameters, Parameter, ParametersPolicy } from '../policy.js'
import type { JsonSchema } from '../schema.js'
import type { Context } from './context.js'
import { fieldsAt, named } from './described.js'
import { byName, isFields, own, type Place } from './place.js'
import { show } from './report.js'
import { shaped } from './shapes.js'
import { formatted, schemaFields } from './swagger.js'

/** How much of them is asked: what is required and the schemas, as AWS only what is required, or nothing. */
export type Asked = 'all' | 'presence' | 'nothing'

export interface ReadParameters {
  readonly policy: ParametersPolicy | undefined
  readonly docs: Readonly<Record<string, PlainData>> | undefined
  /** Those that Swagger 2.0 has for the body. */
  readonly body: Place | undefined
  readonly form: readonly Place[]
}

const PLACES = ['path', 'query', 'header'] as const
type In = (typeof PLACES)[number]

/** What a parameter is of which nothing is said. */
const TEXT = { type: 'string' } as const

/** Said by other means, or not in the way of OpenAPI 3. */
const TOLD = new Set(['name', 'in', 'required', 'schema', 'examples', '$ref'])

/** @param names of the parameters that the path has */
export function readParameters(
  context: Context,
  [path, operation]: readonly [path: Place, operation: Place],
  names: ReadonlySet<string>,
  asked: Asked,
): ReadParameters {
  const all = declared(context, operation, merged(context, path, operation), names)
  const reader = new ParameterReader(context, names, asked)
  for (const at of all.values()) reader.read(at)
  const ofBody = (where: string) => [...all.values()].filter((at) => at.at('in').value === where)
  return { policy: reader.policy(), docs: reader.told(), body: ofBody('body')[0], form: ofBody('formData') }
}

/** Those of the operation, and those of its path that it does not say anew. */
function merged(context: Context, path: Place, operation: Place): ReadonlyMap<string, Place> {
  const all = new Map<string, Place>()
  for (const list of [path.at('parameters'), operation.at('parameters')]) {
    const { items } = list
    if (items.length === 0) continue
    const here = new Set<string>()
    for (const at of items.map((item) => context.references.follow(item))) {
      shaped(context.report, at, 'parameter')
      const key = keyOf(context, at)
      if (key === undefined) continue
      if (here.has(key))
        context.report.fault(at, 'DUPLICATE', `${show(key)} is there twice`, 'Keep one of them.')
      here.add(key)
      all.set(key, at)
    }
  }
  return all
}

/** Parameters of the path are there, whether they are declared or not. */
function declared(
  { version }: Context,
  operation: Place,
  given: ReadonlyMap<string, Place>,
  names: ReadonlySet<string>,
): ReadonlyMap<string, Place> {
  const missing = [...names].filter((name) => !given.has(`path.${name}`))
  if (missing.length === 0) return given
  const schema = version === '2.0' ? TEXT : { schema: TEXT }
  const added = missing.map(
    (name) => [`path.${name}`, operation.as({ name, in: 'path', required: true, ...schema })] as const,
  )
  return new Map([...given, ...added])
}

function keyOf({ report }: Context, at: Place): string | undefined {
  if (!at.given) return undefined
  const [name, where] = [at.at('name').text, at.at('in').text]
  if (name === undefined || name === '' || where === undefined) {
    report.fault(at, 'REQUIRED', 'a parameter has a `name` and says where it is, `in`', 'Add both.')
    return undefined
  }
  return `${where}.${where === 'header' ? name.toLowerCase() : name}`
}

class ParameterReader {
  readonly #asked: Record<In, Record<string, Parameter>> = {
    path: byName(),
    query: byName(),
    header: byName(),
  }
  readonly #docs: Record<string, PlainData> = byName()

  constructor(
    readonly context: Context,
    readonly names: ReadonlySet<string>,
    readonly asked: Asked,
  ) {}

  policy(): ParametersPolicy | undefined {
    const given = PLACES.filter((place) => Object.keys(this.#asked[place]).length > 0)
    if (given.length === 0) return undefined
    return Object.fromEntries(given.map((place) => [place, this.#asked[place] as DeclaredParameters]))
  }

  told(): Record<string, PlainData> | undefined {
    return Object.keys(this.#docs).length === 0 ? undefined : this.#docs
  }

  read(at: Place): void {
    const where = at.at('in').text ?? ''
    if (where === 'body' || where === 'formData') return
    const name = at.at('name').text ?? ''
    const schema = this.#schema(at)
    const required = where === 'path' || at.at('required').value === true
    const held = this.#held(at, where, schema)
    const rest: Record<string, unknown> = fieldsOf(this.context, at)
    if (isIn(where) && held !== 'nothing') {
      const whole = held === 'all' && schema !== undefined
      this.#asked[where][name] = whole ? { ...(required && { required }), schema } : required
      if (!whole && schema !== undefined) rest.schema = schema
    } else Object.assign(rest, { ...(required && { required }), ...(schema && { schema }) })
    const known = isIn(where) && Object.hasOwn(this.#asked[where], name)
    if (Object.keys(rest).length > 0 || !known) this.#docs[`${where}.${name}`] = rest
  }

  #schema(at: Place): JsonSchema | undefined {
    const { version, schemas } = this.context
    if (version === '2.0') {
      return schemas.inline(at.as(schemaFields(at.value) ?? TEXT))
    }
    if (at.at('content').given) return undefined
    const schema = at.at('schema')
    return schemas.inline(schema.given ? schema : at.as(TEXT))
  }

  /** How much of it is asked. Reports what cannot be. */
  #held(at: Place, where: string, schema: JsonSchema | undefined): Asked {
    const { report } = this.context
    if (where === 'path' && !this.names.has(at.at('name').text ?? '')) {
      const fix = 'Add it to the path, `/pets/{petId}`, or leave it out.'
      report.warn(at, 'PARAMETER_UNKNOWN', `the path has no parameter ${show(at.at('name').value)}`, fix)
      return 'nothing'
    }
    if (!(isIn(where) || where === 'cookie')) {
      const fix = "Write 'path', 'query', 'header' or 'cookie'."
      report.fault(at.at('in'), 'VALUE_INVALID', `${show(where)} is no place of parameters`, fix)
      return 'nothing'
    }
    if (this.asked !== 'all') return where === 'cookie' || this.asked === 'nothing' ? 'nothing' : 'presence'
    const reason = this.#unsupported(at, where, schema)
    if (reason === undefined) return 'all'
    const checks = reason.presence ? 'only that it is there is checked' : 'it is not checked'
    report.warn(
      at,
      'PARAMETER_UNSUPPORTED',
      `${reason.why}: ${checks}`,
      'Check it where the request is answered.',
    )
    return reason.presence ? 'presence' : 'nothing'
  }

  #unsupported(at: Place, where: string, schema: JsonSchema | undefined): Unsupported | undefined {
    if (where === 'cookie') return { why: 'a cookie is no parameter here', presence: false }
    if (where === 'header' && /^(?:accept|content-type|authorization)$/i.test(at.at('name').text ?? '')) {
      return { why: 'OpenAPI has this header ignored as a parameter', presence: false }
    }
    if (at.at('content').given) return { why: '`content` of a parameter is not read', presence: true }
    const { style, explode } = formatted(this.context.version, at, where)
    const type = this.#type(schema)
    // `filter[name]=x`, or `name=x`: nothing is called as the parameter is.
    if (style === 'deepObject') return { why: `style ${show(style)} is not read`, presence: false }
    if (type === 'object' && where === 'query' && explode)
      return { why: 'an object spread over the query is not read', presence: false }
    if (style !== (where === 'query' ? 'form' : 'simple'))
      return { why: `style ${show(style)} is not read`, presence: true }
    if (type === 'object') return { why: 'an object in a parameter is not read', presence: true }
    if (type === 'array' && where === 'query' && !explode) {
      return { why: 'a list in one value is not read', presence: true }
    }
    return undefined
  }

  #type(schema: JsonSchema | undefined): unknown {
    if (schema === undefined || typeof schema.$ref !== 'string') return schema?.type
    const name = /\/([^/]+)$/.exec(schema.$ref)?.[1] ?? ''
    return own(own(this.context.schemas.models, decodeURIComponent(name)), 'type')
  }
}

interface Unsupported {
  readonly why: string
  /** Whether it can still be seen that it is there. */
  readonly presence: boolean
}

function isIn(where: string): where is In {
  return PLACES.some((place) => place === where)
}

/** What else is said of it, in the words of OpenAPI 3. */
function fieldsOf(context: Context, at: Place): Record<string, unknown> {
  const rest: Record<string, unknown> = byName()
  const { version } = context
  const told = version === '2.0' ? schemaFields(at.value) : undefined
  const given = fieldsAt(at) ?? {}
  for (const name of Object.keys(given)) {
    if (TOLD.has(name) || (told !== undefined && Object.hasOwn(told, name))) continue
    if (name !== 'collectionFormat') rest[name] = given[name]
  }
  if (at.at('examples').given && isFields(at.at('examples').value))
    rest.examples = named(context, at.at('examples'))
  const { stated } = formatted(version, at, at.at('in').text ?? '')
  return Object.assign(rest, stated)
}
