/** Throttles and quotas. */
import type { Quota, Throttle } from '../../definition.js'
import { type Check, eitherOr, finite, integer, object, oneOf, oneOrMore } from './shapes.js'
import type { Spot } from './spot.js'

export const mode: Check = oneOf('enforce', 'observe')

const per: Check = (at) => {
  if (typeof at.value !== 'function') oneOf('address', 'apiKey', 'principal')(at)
}

/** A burst of 0 refuses all, as AWS has it; a rate of 0 never refills. */
export const throttle: Check = object<Throttle>(
  'a throttle',
  { rate: finite(0), burst: integer(0), per, mode },
  ['rate', 'burst'],
)

export const throttles: Check = oneOrMore(throttle)

export const throttlesOrFalse: Check = eitherOr([false], throttles)

/** A count per API key needs one to be asked for: without, nobody would be counted. */
export function perApiKeyFaults(at: Spot): void {
  for (const each of Array.isArray(at.value) ? at.items : [at]) {
    if (each.at('per').value !== 'apiKey') continue
    const fix = `Add \`apiKey: true\` to the route, or count by 'address'.`
    each.at('per').fault('PER_WITHOUT_API_KEY', 'counts by API key on a route that asks for none', fix)
  }
}

/** The last day on which a period can begin. @see {@link Quota.offset} */
const LAST_OFFSET = { day: 0, week: 6, month: 27 } as const

const quotaShape = object<Quota>(
  'a quota',
  { limit: integer(0), period: oneOf('day', 'week', 'month'), offset: integer(0, LAST_OFFSET.month), mode },
  ['limit', 'period'],
)

export const quota: Check = (at) => {
  quotaShape(at)
  const offset = at.at('offset')
  const period = at.at('period').value
  if ((period !== 'day' && period !== 'week') || typeof offset.value !== 'number') return
  const last = LAST_OFFSET[period]
  if (offset.value <= last || offset.value > LAST_OFFSET.month) return
  const range = last === 0 ? '0' : `0 to ${last}`
  offset.fault(
    'NUMBER_INVALID',
    `${offset.value} is no offset of a ${period}`,
    `A ${period}'s offset is ${range}.`,
  )
}
