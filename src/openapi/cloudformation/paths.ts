/** The paths of a REST API, whose resources name their parents. */
import { show } from '../report.js'
import type { Resource, Template } from './template.js'
import type { Part } from './trace.js'

const READ = new Set(['RestApiId', 'ParentId', 'PathPart'])
/** More levels than AWS would take. */
const DEEPEST = 100

/** @returns what tells the path of the resource that an id is of; nothing where there is none, which is reported then */
export function pathsOf(template: Template, api: string, resources: readonly Resource[]) {
  const known = new Map<string, string | undefined>([[`${api}.RootResourceId`, '/']])
  const byId = new Map(resources.map((each) => [each.id, each]))
  for (const each of resources) each.unheeded(READ)

  const pathOf = (at: Part, depth = 0): string | undefined => {
    const id = at.text ?? ''
    if (known.has(id)) return known.get(id)
    const resource = byId.get(id)
    if (resource === undefined || depth > DEEPEST) {
      const message =
        depth > DEEPEST ? `${show(id)} has no end of parents` : `${show(at.value)} is no resource of this API`
      const fix =
        "Refer to one of the template: { Ref: 'PetsResource' }, or { 'Fn::GetAtt': ['Api', 'RootResourceId'] }."
      template.report.fault(
        at.pointer,
        depth > DEEPEST ? 'REFERENCE_CYCLE' : 'REFERENCE_BROKEN',
        message,
        fix,
      )
      return undefined
    }
    const parent = pathOf(resource.at('ParentId'), depth + 1)
    const part = resource.at('PathPart')
    const path = parent === undefined ? undefined : joined(parent, partIn(template, part))
    known.set(id, path)
    return path
  }
  return (at: Part) => pathOf(at)
}

function partIn(template: Template, at: Part): string | undefined {
  const { text = '' } = at
  if (text !== '' && !text.includes('/')) return text
  template.report.fault(
    at.pointer,
    'PATH_INVALID',
    `${show(at.value)} is no part of a path`,
    "Write one segment: 'pets', '{petId}', '{proxy+}'.",
  )
  return undefined
}

function joined(parent: string, part: string | undefined): string | undefined {
  if (part === undefined) return undefined
  return parent === '/' ? `/${part}` : `${parent}/${part}`
}
