/** Definitions, as documents. */
import { stringify } from 'yaml'
import type { Definition, DocumentDefinition } from '../../definition.js'
import type { Gateway } from '../../gateway.js'
import { type Choices, checkChoices } from '../choices.js'
import type { Version } from '../context.js'
import { Report, show, type Warning } from '../report.js'
import { writtenDocument } from './document.js'
import { SchemaWriter } from './schemas.js'
import { definitionOf } from './source.js'
import { toSwagger } from './swagger.js'

/** Of {@link toOpenApi}. */
export interface ExportOptions {
  /** Default `'3.0'`, which AWS imports, too. */
  readonly version?: Version
  /** Whether what only AWS and Postern have words for is said: integrations, authorizers, validators. Default true. */
  readonly extensions?: boolean
  /** Of a gateway: whose deployment. Default: the first one's. */
  readonly stage?: string
  /** Of the text. Default `'json'`. */
  readonly format?: 'json' | 'yaml'
  /** Whether what cannot be said is an error. Default false. */
  readonly strict?: boolean
}

/** What {@link toOpenApi} writes. */
export interface ExportedDocument {
  readonly document: Readonly<Record<string, unknown>>
  readonly text: string
  /** What the document cannot say, each with its place. */
  readonly warnings: readonly Warning[]
}

const CHOICES: Choices<ExportOptions> = {
  version: ['2.0', '3.0', '3.1'],
  extensions: undefined,
  stage: undefined,
  format: ['json', 'yaml'],
  strict: undefined,
}

export function exported(
  source: Definition | DocumentDefinition | Gateway,
  options: ExportOptions,
): ExportedDocument {
  const { version = '3.0', extensions = true, stage, format = 'json', strict = false } = options
  const report = new Report('the definition', strict)
  checkChoices(options, CHOICES, report)
  if (typeof source !== 'object' || source === null)
    report.fault('#', 'WRONG_TYPE', `${show(source)} is no definition`, 'Give a definition, or a gateway.')
  report.settle()
  const definition = definitionOf(source, stage)
  const schemas = new SchemaWriter({ version, extensions, models: definition.models ?? {}, report })
  const later = writtenDocument({ version, extensions, definition, schemas, report })
  const document = plain(version === '2.0' ? toSwagger(later, report) : later)
  report.settle()
  const text =
    format === 'yaml'
      ? // Lines that were folded would be read again with other white space, here and there.
        stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })
      : `${JSON.stringify(document, undefined, 2)}\n`
  return { document, text, warnings: report.warnings }
}

/** Nothing of it is shared with the definition. */
function plain(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(document))
}
