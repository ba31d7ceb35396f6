/** A template, as a definition: by way of the document that is made of it. */
import type { Definition } from '../../definition.js'
import { ORIGINS, type Origins } from '../../origins.js'
import { readDocument } from '../document.js'
import type { Beside } from '../options.js'
import { isFields, own, type Place } from '../place.js'
import type { Loaded } from '../read.js'
import { Report, type WarningCode } from '../report.js'
import { readApi } from './api.js'
import type { TemplateApi, TemplateApiKey } from './document.js'
import { Abandoned } from './evaluate.js'
import { FUNCTION_TYPES } from './names.js'
import type { CloudFormationOptions } from './options.js'
import { Template } from './template.js'
import { keysIn } from './trace.js'

export interface ReadTemplate {
  readonly definition: Definition
  readonly apiKeys: readonly TemplateApiKey[]
}

interface Reading {
  readonly report: Report
  readonly options: CloudFormationOptions
  readonly beside: Beside
}

/** Whether it is no OpenAPI, but a template of CloudFormation's. */
export function isTemplate(root: unknown): boolean {
  return (
    isFields(own(root, 'Resources')) &&
    own(root, 'openapi') === undefined &&
    own(root, 'swagger') === undefined
  )
}

/** @returns `undefined` where nothing could be read, which is reported then */
export function readTemplate(loaded: Loaded, { report, options, beside }: Reading): ReadTemplate | undefined {
  const template = new Template(loaded, report, options)
  const api = readable(() => readApi(template))
  // A document of which parts are missing would be told of what nobody has written.
  if (api === undefined || report.broken) return undefined
  const variables = Object.values(api.stages).flatMap((each) => Object.keys(each.variables ?? {}))
  const definition = readDocument(
    { root: api.document, name: loaded.name, path: undefined, length: 0 },
    {
      report: new Located(report, api),
      options: { validate: 'document', ...options, functions: functionsOf(template) },
      beside: { ...beside, variables: new Set([...beside.variables, ...variables]) },
    },
  )
  return definition && { definition: completed(definition, api, template), apiKeys: api.apiKeys }
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Abandoned) return undefined
    throw error
  }
}

/** Handlers by the ids of functions, and by the names that these have. */
function functionsOf(template: Template): CloudFormationOptions['functions'] {
  const functions = { ...template.options.functions }
  for (const id of Object.keys(template.options.functions ?? {})) {
    const resource = template.resource(id)
    if (resource === undefined || !FUNCTION_TYPES.includes(resource.type)) continue
    const [name, target] = [resource.at('FunctionName').text, functions[id]]
    if (name !== undefined && target !== undefined) functions[name] ??= target
  }
  return functions
}

/** With what documents have no words for. */
function completed(definition: Definition, api: TemplateApi, { options }: Template): Definition {
  const { region, accountId } = options.pseudo ?? {}
  const origins = (definition as { readonly [ORIGINS]?: Origins })[ORIGINS]
  const stages = stagesOf(api, options)
  return {
    ...definition,
    ...(Object.keys(stages).length > 0 && { stages }),
    ...(Object.keys(api.plans).length > 0 && { plans: api.plans }),
    ...(Object.keys(api.domains).length > 0 && { domains: api.domains }),
    ...(api.domainsOnly && { defaultEndpoint: false }),
    ...(region !== undefined && { region }),
    ...(accountId !== undefined && { account: { id: accountId } }),
    ...(origins && { [ORIGINS]: { document: origins.document, at: placesOf(api, origins) } }),
  }
}

/** The one that is asked for, or all; variables that are given are those of each. */
function stagesOf(
  { stages }: TemplateApi,
  { stage, variables }: CloudFormationOptions,
): NonNullable<Definition['stages']> {
  const named = stage === undefined ? stages : { [stage]: own(stages, stage) ?? {} }
  const all = Object.keys(named).length > 0 || variables === undefined ? named : { $default: {} }
  if (variables === undefined) return all
  const given = Object.entries(all).map(([name, each]) => {
    const before = (each as { readonly variables?: object }).variables
    return [name, { ...each, variables: { ...before, ...variables } }] as const
  })
  return Object.fromEntries(given)
}

function placesOf(api: TemplateApi, origins: Origins): Origins['at'] {
  return (path) => {
    const pointer = origins.at(path)
    if (pointer !== undefined) return api.locate(keysIn(pointer))
    const [, of] = /^((?:stages|plans)\.[\w$-]+)/.exec(path) ?? []
    return of === undefined ? undefined : api.places.get(of)
  }
}

/** Tells of a document's parts where they stand in the template. */
class Located extends Report {
  constructor(
    readonly base: Report,
    readonly api: TemplateApi,
  ) {
    super(base.subject, base.strict)
  }

  override of(file: string): Report {
    return this.base.of(file)
  }

  override warn(at: Place | string, code: WarningCode, message: string, fix: string): void {
    this.base.warn(this.#place(at), code, message, fix)
  }

  override fault(at: Place | string, code: WarningCode, message: string, fix: string): void {
    this.base.fault(this.#place(at), code, message, fix)
  }

  override get warnings() {
    return this.base.warnings
  }

  override get broken(): boolean {
    return this.base.broken
  }

  override settle(): void {
    this.base.settle()
  }

  #place(at: Place | string): string {
    return this.api.locate(typeof at === 'string' ? keysIn(at) : at.keys)
  }
}
