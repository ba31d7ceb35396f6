/** Models, and what routes hold to them. */
import type { BodyOptions, ParameterOptions, ParametersPolicy } from '../../definition.js'
import { isStandardSchema } from '../../schema.js'
import { modelFaults, type SchemaFault, schemaFaults } from '../../validate/models.js'
import { headerName } from './cors.js'
import type { Scope } from './scope.js'
import {
  boolean,
  type Check,
  eitherOr,
  hinted,
  integer,
  nameOf,
  object,
  oneOf,
  record,
  text,
} from './shapes.js'
import { isFields } from './snapshot.js'
import { Spot, show } from './spot.js'
import { mode } from './throttle.js'

/** AWS takes letters and digits only; OpenAPI, from where models come, these. */
const NAME = /^[\w.-]{1,255}$/

export function models(scope: Scope): Check {
  const each = record('models by name', (at, name) => {
    if (!NAME.test(name)) {
      const fix = "Write 1 to 255 letters, digits, '_', '-' and '.'."
      at.fault('NAME_INVALID', `${show(name)} is no name for a model`, fix)
    }
    schemaShape(at)
  })
  return (at) => {
    each(at)
    tell(at, modelFaults(scope.schemas))
  }
}

function tell(at: Spot, faults: readonly SchemaFault[]): void {
  for (const { path, message, fix } of faults) {
    const spot = path.reduce((from: Spot, key) => from.at(key), at)
    spot.fault('MODEL_INVALID', message, fix)
  }
}

/** Whether it could be a schema at all. */
function schemaShape(at: Spot): boolean {
  if (isStandardSchema(at.value) || isFields(at.value)) return true
  const fix = "Write JSON Schema, `{ type: 'object' }`, or give a schema value of zod, valibot or arktype."
  at.fault('WRONG_TYPE', `${show(at.value)} is not a schema`, fix)
  return false
}

/** A schema that stands where a model's name could. */
function schema({ schemas }: Scope): Check {
  return (at) => {
    if (schemaShape(at) && isFields(at.value)) tell(at, schemaFaults(at.value, schemas))
  }
}

/** A model's name, or a schema. */
function model(scope: Scope): Check {
  const name = nameOf('model', 'MODEL_UNKNOWN', scope.models)
  const inline = schema(scope)
  return (at) => (typeof at.value === 'string' ? name(at) : inline(at))
}

export function body(scope: Scope): Check {
  const whole = object<BodyOptions>(
    'rules for a body',
    {
      models: record('models by content type', (at, type) => {
        contentType(at, type)
        model(scope)(at)
      }),
      required: boolean,
      unknownType: oneOf('refuse', 'pass'),
      inflated: integer(1),
      mode,
    },
    ['models'],
  )
  return (at) => {
    if (typeof at.value === 'string' || isStandardSchema(at.value)) return model(scope)(at)
    if (!at.at('models').given && misplaced(at)) return
    whole(at)
    if (isFields(at.at('models').value) && at.at('models').fields.length === 0) {
      at.at('models').fault('REQUIRED', 'holds a body to no model', "Write `{ 'application/json': 'Pet' }`.")
    }
    sameTypes(at.at('models'))
  }
}

const KEYWORDS = ['type', 'properties', '$ref', '$schema', 'allOf', 'anyOf', 'oneOf']

function isSchema(value: unknown): boolean {
  return (
    isStandardSchema(value) || (isFields(value) && KEYWORDS.some((keyword) => value[keyword] !== undefined))
  )
}

/** A schema, or models by content type, where the rules are to stand; reports them. */
function misplaced(at: Spot): boolean {
  const [[type, first] = []] = at.fields.filter(([name]) => name.includes('/'))
  if (type !== undefined && first !== undefined) {
    const named = typeof first.value === 'string' ? show(first.value) : '…'
    const fix = `Write { models: { ${show(type)}: ${named} } }.`
    at.fault('WRONG_TYPE', 'has models by content type where its rules stand', fix)
  } else if (isSchema(at.value)) {
    const fix = "Put the schema into `models` and name it: `body: 'Pet'`."
    at.fault('WRONG_TYPE', 'is a schema and not rules for a body', fix)
  } else return false
  return true
}

/** A type and a subtype, without parameters; or AWS's word for any other. */
const CONTENT_TYPE = /^(?:\$default|[\w!#$&^.+-]+\/[\w!#$&^.+-]+)$/

function contentType(at: Spot, type: string): void {
  if (!CONTENT_TYPE.test(type)) {
    const fix = "Write type and subtype without parameters, 'application/json', or '$default' for any other."
    at.fault('CONTENT_TYPE_INVALID', `${show(type)} is no content type`, fix)
  } else if (/^multipart\//i.test(type)) {
    const fix = "Leave it out and write `unknownType: 'pass'`, so that the app itself reads it."
    at.fault('CONTENT_TYPE_INVALID', 'bodies in several parts are not read by the gateway', fix)
  }
}

function sameTypes(at: Spot): void {
  const seen = new Set<string>()
  for (const [type, each] of at.fields) {
    const spelling = type.toLowerCase()
    if (seen.has(spelling))
      each.fault('DUPLICATE', `${show(type)} is there in another spelling`, 'Keep one of them.')
    seen.add(spelling)
  }
}

export function parameters(scope: Scope): Check {
  const options = object<ParameterOptions>('a parameter', { required: boolean, schema: schema(scope) })
  const one = eitherOr(
    [true, false],
    hinted('a parameter', (value) => (isSchema(value) ? 'Write { schema: … }.' : undefined), options),
  )
  const named = (what: string, name: Check) =>
    record(what, (at, key) => {
      name(new Spot(key, at, at.faults))
      one(at)
    })
  const anyName = text('a name', (at, value) => {
    if (value === '') at.fault('NAME_INVALID', 'a parameter has a name', 'Write it: `{ limit: true }`.')
  })
  const shape = object<ParametersPolicy>('parameters', {
    query: named('query parameters by name', anyName),
    header: named('headers by name', headerName()),
    path: named('path parameters by name', anyName),
    mode,
  })
  return (at) => {
    shape(at)
    sameTypes(at.at('header'))
  }
}

const STATUS = /^(?:[1-5]\d\d|[1-5]xx|default)$/

export function responses(scope: Scope): Check {
  return record('models by status', (at, status) => {
    model(scope)(at)
    if (STATUS.test(status)) return
    const fix = "Write a status, a class of them or the rest: '200', '4xx', 'default'."
    at.fault('VALUE_INVALID', `${show(status)} is no status`, fix)
  })
}
