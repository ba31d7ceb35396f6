import { dateAt } from '../../clock.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Many requests come within a second. */
let last = { second: Number.NaN, text: '' }

/** The Common Log Format's: `15/May/2020:06:01:09 +0000`. @param time ms since the epoch */
export function requestTime(time: number): string {
  const second = Math.floor(time / 1000)
  if (second !== last.second) {
    const iso = dateAt(time).toISOString()
    const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''
    last = { second, text: `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000` }
  }
  return last.text
}
