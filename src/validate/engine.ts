/**
 * What models are compiled with. Loaded when the first JSON Schema is, and not before: an app without models does
 * not wait for it, and a definition is compiled without waiting for a promise.
 */
import type { default as Ajv, Format, Options } from 'ajv'
import { ajv, ajv2020, ajvDraft04, ajvFormats } from '#packages'

/** The drafts of JSON Schema that a model can be written in. */
export type Draft = 'draft-04' | 'draft-07' | '2020-12'

const COMPILERS = { 'draft-04': ajvDraft04, 'draft-07': ajv, '2020-12': ajv2020 } as const

/** A compiler for schemas of one draft. */
export function createAjv(draft: Draft, options: Options): Ajv {
  const { default: Class } = COMPILERS[draft]()
  return new Class(options)
}

/** What keywords write their code with. */
export function codeOf(): Pick<typeof import('ajv'), '_' | 'Name'> {
  return ajv()
}

/** The formats of `ajv-formats`, by name. */
export function standardFormats(): Readonly<Record<string, Format>> {
  return ajvFormats().fullFormats
}
