/** Overrides of refusals. */
import type { RefusalOverride } from '../../definition.js'
import { FAMILIES, REFUSALS } from '../../refusal.js'
import { templateFault } from '../../respond/template.js'
import { didYouMean } from '../../suggest.js'
import { headerName } from './cors.js'
import { type Check, integer, object, record, text } from './shapes.js'
import { Spot, show } from './spot.js'

const TYPES: readonly string[] = [...Object.keys(REFUSALS), ...FAMILIES]

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const FIXED = 'REQUEST_TOO_LARGE'

/** RFC 9110, section 5.5, without the control characters that no value needs. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Written by whoever sends the answer; another value would break the message's framing. */
const FRAMING = [
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'trailer',
  'date',
]

const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=(?:[\w.+-]+|"[^"\\\x00-\x1f]*"))*$/

const template: Check = text('a template', (at, value) => {
  const fault = templateFault(value)
  if (fault !== undefined)
    at.fault('TEMPLATE_INVALID', fault, 'Name a variable that there is, or write the text itself.')
})

const headers = record('headers by name', (at, name) => {
  headerName()(new Spot(name, at, at.faults))
  if (FRAMING.includes(name.toLowerCase())) {
    at.fault('HEADER_INVALID', `${show(name)} is written by the server`, 'Leave it out.')
  }
  template(at)
  if (typeof at.value === 'string' && !VALUE.test(at.value)) {
    at.fault(
      'HEADER_INVALID',
      'holds characters that no header can carry',
      'Write printable characters on one line.',
    )
  }
})

const templates = record('templates by content type', (at, type) => {
  if (!CONTENT_TYPE.test(type)) {
    at.fault(
      'CONTENT_TYPE_INVALID',
      `${show(type)} is no content type`,
      `Write one such as 'application/json'.`,
    )
  }
  template(at)
})

const override = object<RefusalOverride>('an override', { status: integer(400, 599), headers, templates })

export const refusals: Check = record('overrides by type of refusal', (at, type) => {
  if (type === FIXED) {
    at.fault(
      'REFUSAL_FIXED',
      'AWS does not let this one be customized',
      'Leave it out, or answer in `onRefusal`.',
    )
  } else if (!TYPES.includes(type)) {
    const fix = didYouMean(type, TYPES, `The types are ${TYPES.join(', ')}.`)
    at.fault('REFUSAL_UNKNOWN', `${show(type)} is no type of refusal`, fix)
  }
  override(at)
})
