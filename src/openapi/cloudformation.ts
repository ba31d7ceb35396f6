/** CloudFormation and SAM templates, as definitions. */
import type { Definition } from '../definition.js'
import { checkChoices } from './choices.js'
import type { TemplateApiKey } from './cloudformation/document.js'
import { type CloudFormationOptions, PSEUDO, TEMPLATE_OPTIONS } from './cloudformation/options.js'
import { isTemplate, readTemplate } from './cloudformation/read.js'
import { NOTHING_BESIDE } from './options.js'
import { load } from './read.js'
import { Report, type Warning } from './report.js'

export type { TemplateApiKey } from './cloudformation/document.js'
export type { CloudFormationOptions, PseudoParameters } from './cloudformation/options.js'

/** What {@link fromCloudFormation} reads from a template. */
export interface ImportedTemplate {
  /** To be spread into what `createGateway` is given. */
  readonly definition: Definition
  /** API keys in the plans of the API, to be created: `gateway.control.createApiKey(key)`. */
  readonly apiKeys: readonly TemplateApiKey[]
  /** What of the API is unsupported, dubious or without effect, each with its place in the template. */
  readonly warnings: readonly Warning[]
}

/**
 * Reads the API of a CloudFormation or SAM template, JSON or YAML: its routes, authorizers, models, stages, usage plans
 * and domains, with the template's functions and conditions resolved. Resources that are not the API's are left alone.
 * Nothing is fetched; files beside the template are read where it includes them.
 *
 * @param template a file's path or `file:` URL, the text itself, or the template as an object
 * @throws DefinitionError with all that is wrong with it, each fault with its JSON pointer
 *
 * @example
 * const { definition } = fromCloudFormation('./template.yaml', {
 *   parameters: { Stage: 'prod' },
 *   functions: { ListPets: async () => ({ statusCode: 200, body: '[]' }) },
 * })
 * const gateway = createGateway(definition)
 */
export function fromCloudFormation(
  template: string | URL | object,
  options: CloudFormationOptions = {},
): ImportedTemplate {
  let report: Report | undefined
  const told = (name: string) => {
    report ??= new Report(name, options.strict === true)
    return report
  }
  const loaded = load(template, told)
  const reading = { report: told('the template'), options, beside: NOTHING_BESIDE }
  checkChoices(options, TEMPLATE_OPTIONS, reading.report)
  checkChoices(options.pseudo ?? {}, PSEUDO, reading.report, 'options.pseudo')
  if (loaded !== undefined && !isTemplate(loaded.root)) {
    const fix = 'Give a template; documents of OpenAPI are read by `fromOpenApi`.'
    reading.report.fault('#/Resources', 'REQUIRED', 'this is no template: it has no `Resources`', fix)
  }
  reading.report.settle()
  const read = loaded && readTemplate(loaded, reading)
  reading.report.settle()
  if (read === undefined) throw new TypeError('a template that cannot be read was not reported')
  return { ...read, warnings: reading.report.warnings }
}
