/** What all parts of an import share. */
import type { Definition } from '../definition.js'
import type { Beside, OpenApiOptions } from './options.js'
import type { Place } from './place.js'
import type { References } from './references.js'
import type { Report } from './report.js'
import type { SchemaReader } from './schemas.js'

export type Version = '2.0' | '3.0' | '3.1'

export interface Context {
  readonly version: Version
  readonly root: Place
  readonly references: References
  readonly report: Report
  readonly options: OpenApiOptions
  readonly beside: Beside
  readonly schemas: SchemaReader
  readonly validate: NonNullable<OpenApiOptions['validate']>
}

/** A definition that is being written. */
export type Draft = { -readonly [K in keyof Definition]?: Definition[K] }
