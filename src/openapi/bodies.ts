/** Bodies of requests: the models that they are held to, by content type. */
import type { BodyDocs, PlainData } from '../docs.js'
import type { BodyOptions } from '../policy.js'
import type { JsonSchema } from '../schema.js'
import type { Context } from './context.js'
import { extensionsOf, mediaOf } from './described.js'
import { byName, type Fields, type Place } from './place.js'
import { refOf } from './references.js'
import { show } from './report.js'
import { shaped } from './shapes.js'
import { mediaTypes, schemaFields } from './swagger.js'
import { CONTENT_TYPE } from './validation.js'

export interface ReadBody {
  readonly policy: BodyOptions | undefined
  readonly docs: BodyDocs | undefined
}

/** A body, whichever version says so. */
interface Body {
  readonly at: Place
  readonly required: boolean | undefined
  readonly name?: string
  readonly description: string | undefined
  /** By content type. */
  readonly content: readonly (readonly [type: string, media: Place])[]
}

export interface Bodied {
  readonly operation: Place
  /** Swagger 2.0's parameters of the body. */
  readonly body: Place | undefined
  readonly form: readonly Place[]
  /** Whether requests are held to it. */
  readonly asked: boolean
}

const NONE: ReadBody = { policy: undefined, docs: undefined }

export function readBody(context: Context, given: Bodied): ReadBody {
  const body = context.version === '2.0' ? swaggerBody(context, given) : openApiBody(context, given.operation)
  return body === undefined ? NONE : split(context, body, given.asked)
}

function openApiBody({ references, report }: Context, operation: Place): Body | undefined {
  const given = operation.at('requestBody')
  if (!given.given) return undefined
  const at = references.follow(given)
  if (!at.given) return undefined
  shaped(report, at, 'body')
  const content = at.at('content')
  if (content.fields.length === 0) {
    report.fault(at, 'REQUIRED', 'a body has `content`', "Add it: { 'application/json': { schema: … } }.")
  }
  const { value: required } = at.at('required')
  return {
    at,
    required: typeof required === 'boolean' ? required : undefined,
    description: at.at('description').text,
    content: content.fields.map(
      ([type, media]) => [type, mediaAt(report, references.follow(media))] as const,
    ),
  }
}

function mediaAt(report: Context['report'], at: Place): Place {
  shaped(report, at, 'media')
  return at
}

function swaggerBody({ root }: Context, { operation, body: at, form }: Bodied): Body | undefined {
  const types = mediaTypes(root, operation, 'consumes')
  if (at !== undefined) {
    const media = (type: string) => [type, at.as({ schema: at.at('schema').value })] as const
    const name = at.at('name').text
    return {
      at,
      required: at.at('required').value === true,
      // What it is called where nobody has named it.
      ...(name !== undefined && name !== 'body' && { name }),
      description: at.at('description').text,
      content: types.map(media),
    }
  }
  const [first] = form
  if (first === undefined) return undefined
  const schema = first.as({ schema: formSchema(form) })
  const file = form.some((each) => each.at('type').value === 'file')
  const usual = file ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
  const forms = types.filter((type) => /form/.test(type))
  return {
    at: first,
    required: form.some((each) => each.at('required').value === true),
    description: undefined,
    content: (forms.length === 0 ? [usual] : forms).map((type) => [type, schema] as const),
  }
}

/** What Swagger has as parameters of a form. */
function formSchema(form: readonly Place[]): Fields {
  const properties = form.map((each) => {
    const { description } = each.value as Fields
    const fields = { ...schemaFields(each.value), ...(description !== undefined && { description }) }
    const file = each.at('type').value === 'file' ? { type: 'string', format: 'binary' } : {}
    return [each.at('name').text ?? '', { ...fields, ...file }] as const
  })
  const required = form
    .filter((each) => each.at('required').value === true)
    .map((each) => each.at('name').text)
  return { type: 'object', properties: byName(properties), ...(required.length > 0 && { required }) }
}

/** What of it requests are held to, and what is only said. */
function split(context: Context, body: Body, asked: boolean): ReadBody {
  const models: Record<string, string | JsonSchema> = byName()
  const content: Record<string, PlainData> = byName()
  for (const [given, media] of body.content) {
    const type = media.at(CONTENT_TYPE).text === '$default' ? '$default' : bare(given)
    const model = asked ? modelOf(context, type, media) : undefined
    if (model !== undefined) models[type] = model
    content[given] = mediaOf(context, media, model === undefined)
  }
  const held = Object.keys(models).length > 0
  return {
    policy: held ? { models, ...demands(context, body, Object.keys(models).length) } : undefined,
    docs: docsOf(body, content, held),
  }
}

function demands(context: Context, body: Body, held: number): Omit<BodyOptions, 'models'> {
  const aws = context.validate === 'document'
  const all = held === body.content.length
  return { required: body.required ?? aws, unknownType: all && !aws ? 'refuse' : 'pass' }
}

/** The model that bodies of a type are held to; reports it where there can be none. */
function modelOf(context: Context, type: string, media: Place): string | JsonSchema | undefined {
  const { report, schemas } = context
  const schema = media.at('schema')
  if (type !== '$default' && !isRead(type)) {
    if (!schema.given || context.references.follow(schema).at('type').value === 'string') return undefined
    const message = `bodies of ${show(type)} are passed on as they are`
    report.warn(schema, 'CONTENT_UNSUPPORTED', message, 'Check them where the request is answered.')
    return undefined
  }
  if (!schema.given) return context.validate === 'all' ? {} : undefined
  if (refOf(schema) !== undefined) return checked(context, schemas.read(schema), schema)
  return schemas.read(schema)
}

function checked({ report, schemas }: Context, model: string | JsonSchema, at: Place): string | JsonSchema {
  if (typeof model !== 'string' || !schemas.readOnly.has(model)) return model
  const message = `model ${show(model)} asks requests, too, for properties that are \`readOnly\``
  report.warn(at, 'SCHEMA_UNSUPPORTED', message, 'Write a model of its own for requests, without them.')
  return model
}

/** JSON, forms, and texts. */
function isRead(type: string): boolean {
  return /^(?:application\/(?:json|x-www-form-urlencoded)|[\w!#$&^.+-]+\/[\w!#$&^.-]*\+json|text\/[\w!#$&^.+-]+)$/.test(
    type,
  )
}

/** Without parameters, as models go by it. */
export function bare(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase()
}

function docsOf(
  { at, name, description, required }: Body,
  content: Record<string, PlainData>,
  held: boolean,
): BodyDocs {
  const extensions = extensionsOf(at, () => false)
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(!held && required !== undefined && { required }),
    content,
    ...(extensions && { extensions }),
  }
}
