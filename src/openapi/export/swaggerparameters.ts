/** Parameters and headers of OpenAPI 3.0, as Swagger 2.0 has them. */
import { isFields } from '../place.js'
import { given, type Json } from './writer.js'

/** What a parameter may have of a schema. */
const SCALAR = new Set(
  'type format items default maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems enum multipleOf'.split(
    ' ',
  ),
)

type Told = (message: string) => void

/** @returns `undefined` where it cannot be said */
export function swaggerParameter(parameter: Json, told: Told): Json | undefined {
  const {
    name,
    in: where,
    required,
    description,
    schema,
    style,
    explode,
    allowEmptyValue,
    ...rest
  } = parameter
  if (where === 'cookie' || rest.content !== undefined) {
    told(`the parameter ${String(name)} cannot be said`)
    return undefined
  }
  const format = collectionFormat(style, explode)
  return given({
    name,
    in: where,
    required,
    description,
    allowEmptyValue,
    ...scalarOf(schema, String(name), told),
    collectionFormat: format,
    ...vendors(rest),
  })
}

/** A list is one value with commas where nothing else is said. */
function collectionFormat(style: unknown, explode: unknown): string | undefined {
  if (style === 'spaceDelimited') return 'ssv'
  if (style === 'pipeDelimited') return 'pipes'
  if (style === 'tabDelimited') return 'tsv'
  if (style !== 'form' && style !== undefined) return undefined
  if (explode === false) return style === 'form' ? 'csv' : undefined
  return explode === true || style === 'form' ? 'multi' : undefined
}

function vendors(rest: Json): Json {
  return Object.fromEntries(Object.entries(rest).filter(([name]) => name.startsWith('x-')))
}

function scalarOf(schema: unknown, name: string, told: Told): Json {
  const given = isFields(schema) ? schema : {}
  const lost = Object.keys(given).filter(
    (keyword) => !(SCALAR.has(keyword) || keyword.startsWith('x-') || QUIET.has(keyword)),
  )
  if (lost.length > 0) told(`\`${lost.join('`, `')}\` of the parameter ${name} cannot be said`)
  const kept = Object.entries(given).filter(([keyword]) => SCALAR.has(keyword) || keyword.startsWith('x-'))
  const type = given.type === undefined || given.type === 'object' ? { type: 'string' } : {}
  return { ...Object.fromEntries(kept), ...type }
}

const QUIET = new Set(['title', 'description', 'example'])

export function swaggerHeaders(headers: Json): Json {
  const all = Object.entries(headers).map(([name, header]) => {
    const { schema, description, required: _, ...rest } = isFields(header) ? header : {}
    return [name, { ...given({ description }), ...scalarOf(schema, name, () => {}), ...vendors(rest) }]
  })
  return Object.fromEntries(all)
}
