/** Events of functions that are requests of an API. */
import { escaped, own } from '../../place.js'
import { show } from '../../report.js'
import { IMPLICIT_HTTP, IMPLICIT_REST } from '../names.js'
import type { Resource, Template } from '../template.js'
import type { Part } from '../trace.js'

/** One event: a method and a path that a function answers. */
export interface ApiEvent {
  readonly function: Resource
  readonly kind: 'Api' | 'HttpApi'
  /** The id of the API. */
  readonly api: string
  readonly at: Part
}

const KINDS: readonly string[] = ['Api', 'HttpApi']

/** All of them, whichever API they are of. */
export function eventsOf(template: Template): readonly ApiEvent[] {
  if (!template.isServerless) return []
  for (const each of template.all('AWS::Serverless::StateMachine')) untold(template, each)
  return template.all('AWS::Serverless::Function').flatMap((each) => {
    const events = own(own(each.given, 'Properties'), 'Events')
    const names = typeof events === 'object' && events !== null ? Object.keys(events) : []
    return names.flatMap((name) => eventOf(template, each, name, own(events, name)))
  })
}

function eventOf(template: Template, of: Resource, name: string, given: unknown): ApiEvent[] {
  const pointer = `${of.pointer}/Properties/Events/${escaped(name)}`
  // What is no event of an API is none of ours, and not looked into.
  const type = own(given, 'Type')
  const conditional = typeof given === 'object' && given !== null && Object.hasOwn(given, 'Fn::If')
  if (!conditional && !KINDS.includes(String(type))) return []
  const event = template.evaluator.part(given, pointer)
  const kind = event.at('Type').text
  if (!event.given || (kind !== 'Api' && kind !== 'HttpApi')) return []
  const at = event.at('Properties')
  const named = at.at(kind === 'Api' ? 'RestApiId' : 'ApiId').text
  const api = named ?? (kind === 'Api' ? IMPLICIT_REST : IMPLICIT_HTTP)
  return [{ function: of, kind, api, at }]
}

/** State machines have such events, too. */
function untold(template: Template, machine: Resource): void {
  const events = own(own(machine.given, 'Properties'), 'Events')
  const names = typeof events === 'object' && events !== null ? Object.keys(events) : []
  for (const name of names) {
    if (own(own(events, name), 'Type') !== 'Api') continue
    const fix = "Answer it by aws('states', 'StartExecution', …), in `routes` beside the template."
    const message = `the event ${show(name)} of a state machine is no route here`
    template.report.warn(
      `${machine.pointer}/Properties/Events/${escaped(name)}`,
      'RESOURCE_UNSUPPORTED',
      message,
      fix,
    )
  }
}
