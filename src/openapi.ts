/**
 * API definitions in OpenAPI and CloudFormation, in and out.
 *
 * @module postern/openapi
 */
import type { Definition, DocumentDefinition } from './definition.js'
import type { Gateway } from './gateway.js'
import { register } from './importer.js'
import { checkChoices } from './openapi/choices.js'
import { isTemplate, readTemplate } from './openapi/cloudformation/read.js'
import { type Reading, readDocument } from './openapi/document.js'
import { type ExportedDocument, type ExportOptions, exported } from './openapi/export/export.js'
import { type Beside, NOTHING_BESIDE, OPTIONS, type OpenApiOptions } from './openapi/options.js'
import { type Loaded, load } from './openapi/read.js'
import { Report, type Warning } from './openapi/report.js'
import type { RouteDefinition } from './policy.js'

export {
  type CloudFormationOptions,
  fromCloudFormation,
  type ImportedTemplate,
  type PseudoParameters,
  type TemplateApiKey,
} from './openapi/cloudformation.js'
export type { ExportedDocument, ExportOptions } from './openapi/export/export.js'
export type { FunctionTarget, OpenApiOptions } from './openapi/options.js'
export type { Warning, WarningCode } from './openapi/report.js'

/** A definition whose names came at run time: they are checked when the gateway is made, and fit whatever stands beside. */
export interface ReadDefinition extends Omit<Definition, 'routes'> {
  readonly routes: readonly RouteDefinition<string, never, never, never>[]
}

/** What {@link fromOpenApi} reads from a document. */
export interface ImportedDefinition {
  /** To be spread into what `createGateway` is given. */
  readonly definition: ReadDefinition
  /** What of the document is unsupported, dubious or without effect, each with its place. */
  readonly warnings: readonly Warning[]
}

/**
 * Reads OpenAPI 3.0, OpenAPI 3.1 or Swagger 2.0, as JSON or YAML, with AWS's extensions or without. Nothing is fetched:
 * references lead within the document, or to files in its folder.
 *
 * @param document a file's path or `file:` URL, the text itself, or the document as an object
 * @throws DefinitionError with all that is wrong with it, each fault with its JSON pointer
 *
 * @example
 * const { definition, warnings } = fromOpenApi('./petstore.yaml', { variables: { url: 'pets.internal' } })
 * const gateway = createGateway({ ...definition, plans: { free: {} } })
 */
export function fromOpenApi(
  document: string | URL | object,
  options: OpenApiOptions = {},
): ImportedDefinition {
  return imported(document, options, NOTHING_BESIDE)
}

/**
 * Writes a definition, or that of a gateway, as OpenAPI 3.0, OpenAPI 3.1 or Swagger 2.0. Read again, the document gives
 * the same routes, models and authorizers; what belongs to the gateway and not to the API (stages, plans, limits) is
 * not in it.
 *
 * @throws DefinitionError where `strict`, with all that cannot be said
 * @throws PosternError `STAGE_UNKNOWN`
 *
 * @example
 * const { text, warnings } = toOpenApi(gateway, { version: '3.1', format: 'yaml' })
 */
export function toOpenApi(
  source: Definition | DocumentDefinition | Gateway,
  options: ExportOptions = {},
): ExportedDocument {
  return exported(source, options)
}

function imported(document: unknown, options: OpenApiOptions, beside: Beside): ImportedDefinition {
  let report: Report | undefined
  const told = (name: string) => {
    report ??= new Report(name, options.strict === true)
    return report
  }
  const loaded = load(document, told)
  const reading = { report: told('the API definition'), options, beside }
  checkChoices(options, OPTIONS, reading.report)
  const definition = loaded && definitionOf(loaded, reading)
  reading.report.settle()
  if (definition === undefined) throw new TypeError('a document that cannot be read was not reported')
  // Its names are checked with what stands beside it.
  return { definition: definition as ReadDefinition, warnings: reading.report.warnings }
}

/** A template needs no other word than `openapi`, as long as its parameters have defaults. */
function definitionOf(loaded: Loaded, reading: Reading): Definition | undefined {
  if (!isTemplate(loaded.root)) return readDocument(loaded, reading)
  const read = readTemplate(loaded, reading)
  for (const { name } of read?.apiKeys ?? []) {
    const message = `the API key '${name}' is no part of a definition`
    const fix = 'Create it: `gateway.control.createApiKey(key)`, with the keys of `fromCloudFormation`.'
    reading.report.warn('#/Resources', 'NO_EFFECT', message, fix)
  }
  return read?.definition
}

register(imported)
