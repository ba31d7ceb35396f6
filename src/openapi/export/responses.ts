/** Answers, as OpenAPI 3 writes them. */
import type { ResponseDocs } from '../../docs.js'
import type { Policy } from '../../policy.js'
import type { Model } from '../../schema.js'
import { isFields } from '../place.js'
import { writtenHeaders, writtenMedia } from './media.js'
import { given, type Json, type Writer } from './writer.js'

/** There is to be one at least. */
const ANY = { default: { description: '' } }

export function writtenResponses(writer: Writer, { responses, docs }: Policy, pointer: string): Json {
  const statuses = [...new Set([...Object.keys(docs?.responses ?? {}), ...Object.keys(responses ?? {})])]
  if (statuses.length === 0) return ANY
  const all = statuses.map((status) => {
    const at = `${pointer}/${status}`
    const response = writtenResponse(
      writer,
      { said: docs?.responses?.[status], model: responses?.[status] },
      at,
    )
    return [status.replace('xx', 'XX'), response] as const
  })
  return Object.fromEntries(all)
}

interface Answered {
  readonly said: ResponseDocs | undefined
  readonly model: string | Model | undefined
}

function writtenResponse(writer: Writer, { said = {}, model }: Answered, pointer: string): Json {
  return given({
    description: said.description ?? '',
    headers: writtenHeaders(writer, said.headers, `${pointer}/headers`),
    content: contentOf(writer, { said, model }, pointer),
    links: said.links,
    ...said.extensions,
  })
}

/** The model belongs to the first type of JSON that is described without a schema. */
function contentOf(writer: Writer, { said = {}, model }: Answered, pointer: string): Json | undefined {
  const content = Object.entries(said.content ?? {})
  const held = content.find(
    ([type, media]) => /^application\/json\b|\+json\b/.test(type) && !isFields(media.schema),
  )
  const types =
    model === undefined || held !== undefined ? content : [...content, ['application/json', {}] as const]
  const name = held?.[0] ?? 'application/json'
  if (types.length === 0) return undefined
  const all = types.map(([type, media]) => {
    const each = { model: type === name ? model : undefined, said: media, side: 'output' } as const
    return [type, writtenMedia(writer, each, `${pointer}/content`)] as const
  })
  return Object.fromEntries(all)
}
