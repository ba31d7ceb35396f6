/** What kind of value each field of a document takes: whatever is of another kind is a fault where it stands. */
import { isFields, type Place } from './place.js'
import { type Report, show } from './report.js'

type Kind = 'text' | 'boolean' | 'object' | 'list' | 'any'

/** What each kind is called, and how one is written. */
const KINDS: Readonly<Record<Kind, readonly [what: string, fix: string]>> = {
  text: ['a text', 'Write a text.'],
  boolean: ['a boolean', 'Write true or false.'],
  object: ['an object', 'Write an object: { … }.'],
  list: ['a list', 'Write a list: [ … ].'],
  any: ['a value', ''],
}

type Shape = ReadonlyMap<string, Kind>

function shape(fields: Readonly<Partial<Record<Kind, string>>>): Shape {
  const entries = Object.entries(fields).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as Kind] as const),
  )
  return new Map(entries)
}

/** Those of all versions: what one of them does not have does no harm in it. */
const SHAPES = {
  document: shape({
    object:
      'info paths components definitions parameters responses securityDefinitions externalDocs webhooks',
    list: 'servers security tags consumes produces schemes',
    text: 'host basePath jsonSchemaDialect openapi $schema',
    any: 'swagger',
  }),
  info: shape({ text: 'title summary description termsOfService version', object: 'contact license' }),
  components: shape({
    object:
      'schemas responses parameters examples requestBodies headers securitySchemes links callbacks pathItems x-amazon-apigateway-integrations',
  }),
  path: shape({
    text: 'summary description $ref',
    list: 'servers parameters',
    object: 'get put post delete options head patch trace x-amazon-apigateway-any-method',
  }),
  operation: shape({
    text: 'summary description operationId x-amazon-apigateway-request-validator',
    list: 'tags parameters servers security consumes produces schemes',
    object:
      'externalDocs requestBody responses callbacks x-amazon-apigateway-integration x-amazon-apigateway-auth x-postern-policy x-postern-integration',
    boolean: 'deprecated',
  }),
  parameter: shape({
    text: 'name in description style collectionFormat format pattern $ref',
    boolean: 'required deprecated allowEmptyValue explode allowReserved',
    object: 'schema content examples items',
    list: 'enum',
    any: 'example type default maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength maxItems minItems uniqueItems multipleOf',
  }),
  body: shape({ text: 'description $ref', boolean: 'required', object: 'content' }),
  media: shape({ object: 'schema examples encoding', any: 'example' }),
  response: shape({ text: 'description $ref', object: 'headers content links schema examples' }),
  scheme: shape({
    text: 'type description name in scheme bearerFormat openIdConnectUrl flow authorizationUrl tokenUrl $ref x-amazon-apigateway-authtype',
    object: 'flows scopes x-amazon-apigateway-authorizer',
  }),
  tag: shape({ text: 'name description x-amazon-apigateway-tag-value', object: 'externalDocs' }),
  server: shape({ text: 'url description', object: 'variables' }),
} as const

/** What has a shape of its own. */
export type Shaped = keyof typeof SHAPES

/** Reports what is of the wrong kind, and fields that there are not. A field of null is one that is not there. */
export function shaped(report: Report, at: Place, what: Shaped): void {
  if (!isFields(at.value)) {
    if (at.given && at.value !== null) wrong(report, at, 'object')
    return
  }
  const known: Shape = SHAPES[what]
  for (const name of Object.keys(at.value)) {
    const kind = known.get(name)
    const value = at.value[name]
    if (kind === undefined) unknown(report, at, name, what)
    else if (value !== null && !fits(value, kind, name)) wrong(report, at.at(name), kind)
  }
}

function fits(value: unknown, kind: Kind, name: string): boolean {
  if (kind === 'any') return true
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'boolean') return typeof value === 'boolean'
  if (kind === 'list') return Array.isArray(value)
  // A schema may be true or false, since OpenAPI 3.1.
  return isFields(value) || (name === 'schema' && value === true)
}

function wrong(report: Report, at: Place, kind: Kind): void {
  const [name, fix] = KINDS[kind]
  report.fault(at, 'WRONG_TYPE', `${show(at.value)} is not ${name}`, fix)
}

/** Extensions are looked at where they are read. */
function unknown(report: Report, at: Place, name: string, what: Shaped): void {
  if (name.startsWith('x-') || name === '$comment') return
  const fix = name === '$ref' ? 'Write the thing itself.' : 'Correct its name, or leave it out.'
  report.warn(at.at(name), 'UNKNOWN_FIELD', `${show(name)} is no field of ${ARTICLES[what]}`, fix)
}

const ARTICLES: Readonly<Record<Shaped, string>> = {
  document: 'a document',
  info: '`info`',
  components: '`components`',
  path: 'a path',
  operation: 'an operation',
  parameter: 'a parameter',
  body: 'a body',
  media: 'a content type',
  response: 'an answer',
  scheme: 'a security scheme',
  tag: 'a tag',
  server: 'a server',
}
