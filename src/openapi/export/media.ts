/** A content type of a body, or of an answer. */
import type { PlainData } from '../../docs.js'
import type { Model } from '../../schema.js'
import { isFields } from '../place.js'
import type { Side } from './schemas.js'
import { given, type Json, type Writer } from './writer.js'

export interface Media {
  readonly model: string | Model | undefined
  readonly said: PlainData | undefined
  readonly side?: Side
}

export function writtenMedia(
  writer: Writer,
  { model, said = {}, side = 'input' }: Media,
  pointer: string,
): Json {
  const { schema: saidSchema, ...rest } = said
  const schema = model ?? (isFields(saidSchema) ? saidSchema : undefined)
  return given({
    schema: schema === undefined ? undefined : writer.schemas.written(schema, `${pointer}/schema`, side),
    ...rest,
  })
}

/** Headers, whose schemas are written as all others are. */
export function writtenHeaders(
  writer: Writer,
  headers: { readonly [name: string]: PlainData } | undefined,
  pointer: string,
): Json | undefined {
  if (headers === undefined) return undefined
  const all = Object.entries(headers).map(([name, { schema, ...rest }]) => {
    const written = isFields(schema) ? writer.schemas.written(schema, `${pointer}/${name}/schema`) : undefined
    return [name, given({ ...rest, schema: written })] as const
  })
  return Object.fromEntries(all)
}

/** Vendors' fields; without extensions, none of AWS's. */
export function vendorsOf({ extensions }: Writer, fields: PlainData | undefined): Json {
  const all = Object.entries(fields ?? {})
  return Object.fromEntries(extensions ? all : all.filter(([name]) => !name.startsWith('x-amazon-')))
}
