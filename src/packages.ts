/**
 * Packages that are loaded when something first needs them, and are there without waiting for a promise. An import of
 * `#packages` is this file for Node's ES modules, Deno and Bun; bundlers and CommonJS have `packages.cjs`
 * in its place.
 */
import { createRequire } from 'node:module'
import type { default as Ajv, Format, Options } from 'ajv'

type Interop<T> = { readonly default: T }
type Compiler = Interop<new (options: Options) => Ajv>

const load = createRequire(import.meta.url)

export const ajv = (): Compiler & Pick<typeof import('ajv'), '_' | 'Name'> => load('ajv')
export const ajv2020 = (): Compiler => load('ajv/dist/2020.js')
export const ajvDraft04 = (): Compiler => load('ajv-draft-04')
export const ajvFormats = (): { readonly fullFormats: Readonly<Record<string, Format>> } =>
  load('ajv-formats/dist/formats.js')
export const re2js = (): Pick<typeof import('re2js'), 'RE2JS'> => load('re2js')
