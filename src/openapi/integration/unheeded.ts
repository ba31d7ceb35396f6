/** What an integration of a document asks for, and does not have its way in. */
import { variablesIn } from '../amazon.js'
import { isFields, type Place } from '../place.js'
import { show } from '../report.js'
import { isEvent } from './aws.js'
import type { Spec } from './spec.js'

/** Said of proxies by AWS itself, or of no consequence. */
const QUIET = new Set(
  'responses passthroughBehavior contentHandling httpMethod credentials uri connectionType tlsConfig payloadFormatVersion responseTransferMode'.split(
    ' ',
  ),
)

export function unheeded(spec: Spec, name: string, at: Place): void {
  const { report } = spec.context
  if (name === 'credentials' && at.value !== null) {
    const message = 'no role is taken on: calls are signed with the credentials of this process'
    report.warn(at, 'NO_EFFECT', message, 'See to it that they may call it.')
  } else if (name === 'responses' && !isPlainDefault(at)) {
    report.warn(at, 'NO_EFFECT', 'a proxy answers by itself: nothing is mapped', 'Leave them out.')
  } else if (name === 'requestTemplates' || name === 'requestParameters') {
    if (at.fields.length === 0 || isEvent(spec)) return
    const message = `a proxy is given the request as it is: \`${name}\` maps nothing`
    report.warn(at, 'NO_EFFECT', message, 'Leave it out.')
  } else if (!QUIET.has(name) && at.value !== null) {
    const message = `${show(name)} is no field of an integration here`
    report.warn(at, 'EXTENSION_UNKNOWN', message, 'Leave it out.')
  }
}

/** What AWS itself writes for proxies. */
function isPlainDefault(at: Place): boolean {
  return at.fields.every(
    ([name, each]) => name === 'default' && each.fields.every(([field]) => field === 'statusCode'),
  )
}

/** Whether a variable may stand in it. */
function maySpeak(value: unknown): boolean {
  return typeof value === 'string' ? value.includes('stageVariables') : typeof value === 'object'
}

/** Variables that no stage has. */
export function missingVariables({ context: { report, beside, options }, at }: Spec): void {
  const known = (name: string) => beside.variables.has(name) || Object.hasOwn(options.variables ?? {}, name)
  const tell = (place: Place, name: string) => {
    const fix = `Give \`variables: { ${name}: '…' }\`, or let the stage have it.`
    const message = `no stage is known to have the variable ${show(name)}`
    report.warn(place, 'STAGE_VARIABLE_UNKNOWN', message, fix)
  }
  const look = (place: Place): void => {
    const { value } = place
    if (typeof value === 'string') {
      const names = variablesIn(value).filter((each) => !known(each))
      for (const name of new Set(names)) tell(place, name)
    } else if (isFields(value)) {
      for (const name of Object.keys(value)) if (maySpeak(value[name])) look(place.at(name))
    }
  }
  look(at)
}
