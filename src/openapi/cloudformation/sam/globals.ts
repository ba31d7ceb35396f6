/** What `Globals` says for all resources of a kind. */
import { escaped, own } from '../../place.js'
import type { Template } from '../template.js'
import { Part } from '../trace.js'

/** A resource as SAM understands it, or an API that SAM makes by itself. */
export interface Served {
  readonly id: string
  readonly pointer: string
  at(name: string): Part
}

const SECTIONS: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'Function',
  'AWS::Serverless::Api': 'Api',
  'AWS::Serverless::HttpApi': 'HttpApi',
}

/** @param id of a resource, or of an API that no resource is for */
export function served(template: Template, id: string, type: string): Served {
  const resource = template.resource(id)
  const section = SECTIONS[type] ?? ''
  const globals = own(template.section('Globals'), section)
  const pointer = `#/Globals/${section}`
  const known = new Map<string, Part>()
  const read = (name: string): Part => {
    const general = template.evaluator.part(own(globals, name), `${pointer}/${escaped(name)}`)
    return resource === undefined ? general : merged(template, general, resource.at(name))
  }
  const at = (name: string): Part => {
    const part = known.get(name) ?? read(name)
    known.set(name, part)
    return part
  }
  return { id, pointer: resource?.pointer ?? (globals === undefined ? '#/Resources' : pointer), at }
}

/** Lists are put together, objects field by field; of all else the resource's own holds. */
function merged(template: Template, general: Part, own: Part): Part {
  if (!general.given) return own
  if (!own.given) return general
  const { trace } = template
  if (Array.isArray(general.value) && Array.isArray(own.value)) {
    const parts = [...general.items, ...own.items]
    const list = parts.map(({ value }) => value)
    trace.copied(list, own.pointer, new Map(parts.map(({ pointer }, index) => [String(index), pointer])))
    return new Part(list, own.pointer, trace)
  }
  if (general.fields.length === 0 || own.fields.length === 0) return own
  const made = trace.extend(general)
  for (const [name, each] of own.fields) trace.put(made, name, merged(template, general.at(name), each))
  return new Part(made, own.pointer, trace)
}
