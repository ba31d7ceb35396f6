/** A body of OpenAPI 3.0, as parameters of Swagger 2.0. */
import { isFields } from '../place.js'
import { given, type Json } from './writer.js'

export interface SwaggerBody {
  readonly parameters: readonly Json[]
  readonly consumes: readonly string[] | undefined
}

type Told = (message: string) => void

export function swaggerBody(body: unknown, told: Told): SwaggerBody {
  if (!isFields(body)) return { parameters: [], consumes: undefined }
  const content = (isFields(body.content) ? body.content : {}) as Readonly<Record<string, Json>>
  const consumes = Object.keys(content)
  const schemas = [...new Set(Object.values(content).map(({ schema }) => JSON.stringify(schema ?? {})))]
  const schema: unknown = JSON.parse(schemas[0] ?? '{}')
  if (schemas.length > 1) told('several schemas of one body cannot be said')
  const form = consumes.length > 0 && consumes.every((type) => FORM.test(type)) ? formOf(schema) : undefined
  return { parameters: form ?? [bodyParameter(body, schema)], consumes }
}

const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/

function bodyParameter(
  { description, required, 'x-name': name, content: _, ...rest }: Json,
  schema: unknown,
): Json {
  const vendors = Object.entries(rest).filter(([field]) => field.startsWith('x-'))
  return given({
    name: name ?? 'body',
    in: 'body',
    description,
    required: required === true ? true : undefined,
    schema,
    ...Object.fromEntries(vendors),
  })
}

/** The fields of a form; `undefined` where they are no mere texts, numbers, lists and files. */
function formOf(schema: unknown): readonly Json[] | undefined {
  if (!isFields(schema) || !isFields(schema.properties)) return undefined
  if (Object.keys(schema).some((keyword) => !['type', 'properties', 'required'].includes(keyword)))
    return undefined
  const required = Array.isArray(schema.required) ? schema.required : []
  const fields = Object.entries(schema.properties).map(([name, property]) => {
    if (
      !isFields(property) ||
      !['string', 'number', 'integer', 'boolean', 'array'].includes(String(property.type))
    )
      return undefined
    const { format, ...rest } = property
    const file = property.type === 'string' && format === 'binary'
    return given({
      name,
      in: 'formData',
      required: required.includes(name) ? true : undefined,
      ...(file ? { ...rest, type: 'file' } : property),
    })
  })
  return fields.every((each) => each !== undefined) ? fields : undefined
}
