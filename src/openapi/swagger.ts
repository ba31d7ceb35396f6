/** Swagger 2.0, where it says otherwise what OpenAPI 3 says, too. */
import type { Version } from './context.js'
import { type Fields, isFields, type Place } from './place.js'

/** Of a parameter or a header, what is no part of its schema. */
const NO_SCHEMA = new Set([
  'name',
  'in',
  'required',
  'description',
  'allowEmptyValue',
  'collectionFormat',
  '$ref',
  'schema',
])

/** The schema that a parameter or header is, without having one. */
export function schemaFields(value: unknown): Fields | undefined {
  if (!isFields(value)) return undefined
  const entries = Object.entries(value).filter(([name]) => !(NO_SCHEMA.has(name) || name.startsWith('x-')))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** How the values of a parameter are written. */
export interface Formatted {
  readonly style: string
  readonly explode: boolean
  /** What of it Swagger has stated, in the words of OpenAPI 3. */
  readonly stated: Fields
}

const STYLES: Readonly<Record<string, Fields>> = {
  csv: { style: 'form', explode: false },
  multi: { style: 'form', explode: true },
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
  tsv: { style: 'tabDelimited', explode: false },
}

export function formatted(version: Version, at: Place, where: string): Formatted {
  const usual = where === 'query' || where === 'cookie' ? 'form' : 'simple'
  if (version !== '2.0') {
    const style = at.at('style').text ?? usual
    const { value: explode } = at.at('explode')
    return { style, explode: typeof explode === 'boolean' ? explode : style === 'form', stated: {} }
  }
  if (at.at('type').value !== 'array') return { style: usual, explode: usual === 'form', stated: {} }
  const format = at.at('collectionFormat').text ?? 'csv'
  if (usual === 'simple' && format === 'csv') return { style: usual, explode: false, stated: {} }
  const stated = Object.hasOwn(STYLES, format) ? (STYLES[format] ?? {}) : { style: format, explode: false }
  return { style: String(stated.style), explode: stated.explode === true, stated }
}

/** The media types of bodies or answers: those of the operation, or of the document. */
export function mediaTypes(root: Place, operation: Place, field: 'consumes' | 'produces'): readonly string[] {
  const own = operation.at(field).given ? operation.at(field) : root.at(field)
  const types = own.items.map((each) => each.text).filter((each) => each !== undefined)
  return types.length === 0 ? ['application/json'] : types
}
