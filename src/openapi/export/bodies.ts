/** Bodies of requests, as OpenAPI 3 writes them. */
import type { Policy } from '../../policy.js'
import type { Model } from '../../schema.js'
import { bare } from '../bodies.js'
import { escaped } from '../place.js'
import { CONTENT_TYPE } from '../validation.js'
import { writtenMedia } from './media.js'
import { given, type Json, some, type Writer } from './writer.js'

/** Models by content type, however the policy says so. */
function modelsOf({ body }: Policy): { readonly [type: string]: string | Model } {
  if (body === undefined) return {}
  if (typeof body === 'string' || !('models' in body)) return { 'application/json': body }
  return body.models
}

export function writtenBody(writer: Writer, policy: Policy, pointer: string): Json | undefined {
  const { body, docs } = policy
  const said = docs?.body
  const models = modelsOf(policy)
  const types = typesOf(models, said?.content)
  if (types.length === 0 && said === undefined) return undefined
  const isDefault = typeof body === 'string' || (body !== undefined && !('models' in body))
  const required = body === undefined ? said?.required : isDefault ? true : (body.required ?? true)
  const content = types.map(([type, model]) => {
    const at = `${pointer}/content/${escaped(type)}`
    const media = writtenMedia(writer, { model, said: said?.content?.[type] }, at)
    return type === ANY && '$default' in models
      ? [type, { ...media, ...anyOther(writer, at) }]
      : [type, media]
  })
  return given({
    description: said?.description,
    required,
    content: Object.fromEntries(content),
    // Swagger gives it a name; OpenAPI 3 has no place for that.
    'x-name': writer.version === '2.0' ? said?.name : undefined,
    ...some({ ...said?.extensions }),
  })
}

const ANY = '*/*'

/** Any type holds those of texts and bytes as well: that it is only what no other model is for has to be said. */
function anyOther({ extensions, report, version }: Writer, pointer: string): Json {
  if (extensions && version !== '2.0') return { [CONTENT_TYPE]: '$default' }
  const message = 'the model of `$default` can be said with extensions of OpenAPI 3 only'
  report.warn(
    pointer,
    'EXPORT_UNSUPPORTED',
    message,
    'Name the content types, or write OpenAPI 3 with `extensions: true`.',
  )
  return {}
}

/** Those that are described, in their own spelling, and those that are only asked. */
function typesOf(
  models: { readonly [type: string]: string | Model },
  content: object | undefined,
): readonly (readonly [type: string, model: string | Model | undefined])[] {
  const said = Object.keys(content ?? {})
  const known = new Set(said.map(bare))
  const asked = Object.keys(models).filter((type) => !known.has(type.toLowerCase()))
  return [...said, ...asked].map((type) => {
    const key = Object.keys(models).find((each) => each.toLowerCase() === bare(type) || each === type)
    return [type === '$default' ? ANY : type, key === undefined ? undefined : models[key]] as const
  })
}
