/** The time of a signature, `20150830T123600Z`: ISO 8601's basic format, in UTC and to the second. */

/** ms since the epoch; NaN for anything else. */
export function parseTimestamp(text: string): number {
  if (text.length !== 16 || text[8] !== 'T' || text[15] !== 'Z') return Number.NaN
  const hour = digits(text, 9, 11)
  const minute = digits(text, 11, 13)
  const second = digits(text, 13, 15)
  const day = digits(text, 6, 8)
  const month = digits(text, 4, 6)
  const ms = Date.UTC(digits(text, 0, 4), month - 1, day, hour, minute, second)
  const isTime = hour < 24 && minute < 60 && second < 60
  // A 31st of February would be one of March.
  const isDay = (day >= 1 && day <= 28) || new Date(ms).getUTCDate() === day
  return isTime && isDay && month >= 1 && month <= 12 ? ms : Number.NaN
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
}

/** RFC 9110, 5.6.7: `Sun, 30 Aug 2015 12:36:00 GMT`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** What a `Date` header stands for in the string to sign; `undefined` where it is no date. */
export function timestampOfDate(text: string): string | undefined {
  if (!HTTP_DATE.test(text)) return Number.isNaN(parseTimestamp(text)) ? undefined : text
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : formatTimestamp(ms)
}
