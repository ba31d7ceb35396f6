/** What is only said: shared with the document, not copied, its references followed. */
import type { PlainData } from '../docs.js'
import type { Context } from './context.js'
import { byName, isFields, type Place } from './place.js'
import { schemaFields } from './swagger.js'
import { CONTENT_TYPE } from './validation.js'

/** Entries by name, each of which may be a reference. */
export function named(context: Context, at: Place): Record<string, unknown> {
  return byName(at.fields.map(([name, each]) => [name, context.references.follow(each).value] as const))
}

/** An object as it is; nothing where it is none. */
export function fieldsAt(at: Place): PlainData | undefined {
  return isFields(at.value) ? at.value : undefined
}

/** The objects of a list. */
export function fieldsIn(at: Place): readonly PlainData[] {
  return at.items.map(fieldsAt).filter((each) => each !== undefined)
}

/** Vendors' fields: those that nobody here reads. */
export function extensionsOf(at: Place, isRead: (name: string) => boolean): PlainData | undefined {
  const { value } = at
  if (!isFields(value)) return undefined
  const found = Object.keys(value).filter((name) => name.startsWith('x-') && !isRead(name))
  return found.length === 0 ? undefined : byName(found.map((name) => [name, value[name]] as const))
}

export const isAmazons = (name: string) => name.startsWith('x-amazon-apigateway-')

/** A content type's description. @param schema whether it stands here, and not in the policy */
export function mediaOf(context: Context, at: Place, schema: boolean): PlainData {
  const rest: Record<string, unknown> = byName()
  for (const [name, field] of at.fields) {
    if (name === 'examples' && isFields(field.value)) rest.examples = named(context, field)
    else if (name !== 'schema' && name !== CONTENT_TYPE) rest[name] = field.value
  }
  if (schema && at.at('schema').given) rest.schema = context.schemas.inline(at.at('schema'))
  return rest
}

/** Headers of an answer, in the words of OpenAPI 3. */
export function headersOf(context: Context, at: Place): Record<string, PlainData> | undefined {
  if (at.fields.length === 0) return undefined
  return byName(
    at.fields.map(([name, each]) => [name, headerOf(context, context.references.follow(each))] as const),
  )
}

function headerOf(context: Context, at: Place): PlainData {
  const { version, schemas } = context
  const rest: Record<string, unknown> = byName()
  const told = version === '2.0' ? schemaFields(at.value) : undefined
  for (const [name, field] of at.fields) {
    if (name === 'schema' || name === '$ref' || (told !== undefined && Object.hasOwn(told, name))) continue
    rest[name] = name === 'examples' && isFields(field.value) ? named(context, field) : field.value
  }
  if (told !== undefined) rest.schema = schemas.inline(at.as(told))
  else if (at.at('schema').given) rest.schema = schemas.inline(at.at('schema'))
  return rest
}
