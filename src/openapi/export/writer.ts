/** What all parts of an export share. */
import type { Definition } from '../../definition.js'
import type { Version } from '../context.js'
import type { Report } from '../report.js'
import type { SchemaWriter } from './schemas.js'

export interface Writer {
  readonly version: Version
  /** Whether what only AWS and Postern have words for is said, too. */
  readonly extensions: boolean
  readonly definition: Definition
  readonly schemas: SchemaWriter
  readonly report: Report
}

/** An object that is being written, as JSON is. */
export type Json = Record<string, unknown>

/** Those fields that are there. */
export function given(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Only where there is something in it. */
export function some(fields: Json): Json | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields
}

/** Whether a value can be written at all. */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return false
  if (typeof value !== 'object' || value === null) return true
  return !Reflect.has(value, '~standard') && Object.values(value).every(isPlain)
}
