/** Header fields, names and values in turn, as answers have them. */

import { fieldOf, without } from '../answer.js'

/** A list of names, lower case: `Vary`, `Connection`. */
export function namesIn(value: string | undefined): string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}

/** What is said of one connection, or is the gateway's to write, and so no part of what is kept (RFC 9111, 3.1). */
const OF_THE_CONNECTION = [
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Written anew for each answer.
  'age',
  'cache-status',
  // What one caller may still ask, by a gate on the app's route or by the app itself, is not what another one may.
  'ratelimit',
  'ratelimit-policy',
]

/** The fields of an answer that may be kept, each name once: several of one name are as good as a list (RFC 9110, 5.3). */
export function keepable(headers: readonly string[]): string[] {
  const kept = without(headers, new Set([...OF_THE_CONNECTION, ...namesIn(fieldOf(headers, 'connection'))]))
  const fields = new Map<string, [name: string, value: string]>()
  for (let index = 0; index < kept.length; index += 2) {
    const [name = '', value = ''] = kept.slice(index, index + 2)
    const before = fields.get(name.toLowerCase())
    if (before === undefined) fields.set(name.toLowerCase(), [name, value])
    else before[1] += `, ${value}`
  }
  return [...fields.values()].flat()
}

/** Whether they can be sent as they are (RFC 9110, 5.1 and 5.5). */
export function isSendable(headers: readonly string[]): boolean {
  return headers.every((text, index) => (index % 2 === 0 ? NAME.test(text) : !UNFIT.test(text)))
}

const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const TIME = '\\d\\d:\\d\\d:\\d\\d'
const IMF_FIXDATE = new RegExp(`^${DAY}, \\d\\d ${MONTH} \\d{4} ${TIME} GMT$`)
const RFC_850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-(${MONTH})-(\\d\\d) (${TIME}) GMT$`,
)
const ASCTIME = new RegExp(`^${DAY} (${MONTH}) ([ \\d]\\d) (${TIME}) (\\d{4})$`)
const FIFTY_YEARS = 50 * 365.25 * 24 * 3_600_000

/**
 * A date of HTTP, in ms since the epoch; `undefined` for anything else.
 *
 * @param now a year of two digits that would lie more than 50 years ahead is one of the century before
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function httpDate(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  if (IMF_FIXDATE.test(text)) return timeOf(text)
  const [, day, month, year, time] = RFC_850.exec(text) ?? []
  if (year !== undefined) {
    const near = timeOf(`${day} ${month} 20${year} ${time} GMT`)
    return near !== undefined && near - now > FIFTY_YEARS
      ? timeOf(`${day} ${month} 19${year} ${time} GMT`)
      : near
  }
  const [, named, date, clock, full] = ASCTIME.exec(text) ?? []
  return full === undefined ? undefined : timeOf(`${date?.trim()} ${named} ${full} ${clock} GMT`)
}

function timeOf(text: string): number | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
