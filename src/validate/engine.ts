/**
 * What models are compiled with. Loaded when the first JSON Schema is, and not before: an app without models does
 * not wait for it, and a definition is compiled without waiting for a promise.
 */
import { createRequire } from 'node:module'
import type * as zlib from 'node:zlib'
import type { default as Ajv, Format, Options } from 'ajv'

type Interop<T> = { readonly default: T }

const load = createRequire(import.meta.url)

/** The drafts of JSON Schema that a model can be written in. */
export type Draft = 'draft-04' | 'draft-07' | '2020-12'

const MODULES: Readonly<Record<Draft, string>> = {
  'draft-04': 'ajv-draft-04',
  'draft-07': 'ajv',
  '2020-12': 'ajv/dist/2020.js',
}

/** A compiler for schemas of one draft. */
export function createAjv(draft: Draft, options: Options): Ajv {
  const { default: Class }: Interop<new (options: Options) => Ajv> = load(MODULES[draft])
  return new Class(options)
}

/** What keywords write their code with. */
export function codeOf(): Pick<typeof import('ajv'), '_' | 'Name'> {
  return load('ajv')
}

/** The formats of `ajv-formats`, by name. */
export function standardFormats(): Readonly<Record<string, Format>> {
  return load('ajv-formats/dist/formats.js').fullFormats
}

/** What inflates bodies. */
export function inflaters(): typeof zlib {
  return load('node:zlib')
}
