/** Models of a REST API, as schemas. */
import { isFields } from '../place.js'
import { show } from '../report.js'
import type { DocumentDraft } from './document.js'
import type { Resource, Template } from './template.js'
import { Part } from './trace.js'

const READ = new Set(['RestApiId', 'Name', 'ContentType', 'Description', 'Schema'])

/** @returns the names that the document has, by those that the template has */
export function readModels(
  draft: DocumentDraft,
  resources: readonly Resource[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const each of resources) {
    each.unheeded(READ)
    const name = each.at('Name').text ?? each.id
    names.set(each.id, name)
    names.set(name, name)
    const schema = jsonPart(draft.template, each.at('Schema'))
    if (isFields(schema.value)) draft.schema(name, referring(draft, schema))
    else {
      const fix = "Write a JSON Schema: { type: 'object', … }."
      draft.template.report.fault(schema.pointer, 'WRONG_TYPE', `${show(schema.value)} is no schema`, fix)
    }
  }
  return names
}

/** JSON may stand in a template as a text, too. */
export function jsonPart({ trace, report }: Template, part: Part): Part {
  if (typeof part.value !== 'string') return part
  try {
    return new Part(JSON.parse(part.value) as unknown, part.pointer, trace)
  } catch {
    report.fault(part.pointer, 'VALUE_INVALID', 'the text is no JSON', 'Write it as an object.')
    return new Part(undefined, part.pointer, trace)
  }
}

/** Models refer to each other by their addresses on AWS. */
const ADDRESS = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]*\/models\/([^/#]+)(?:#)?$/

export function referring(draft: DocumentDraft, part: Part): Part {
  const { trace } = draft.template
  const { value } = part
  if (typeof value !== 'object' || value === null) return part
  const moved = new Map<string, string>()
  const made: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : Object.create(null)
  let changed = false
  for (const key of Object.keys(value)) {
    const each = part.at(Array.isArray(value) ? Number(key) : key)
    const address = key === '$ref' ? ADDRESS.exec(each.text ?? '')?.[1] : undefined
    const instead = address === undefined ? referring(draft, each).value : draft.reference(address).$ref
    if (instead !== each.value) changed = true
    ;(made as Record<string, unknown>)[key] = instead
    moved.set(key, each.pointer)
  }
  if (!changed) return part
  trace.copied(made, part.pointer, moved)
  return new Part(made, part.pointer, trace)
}
