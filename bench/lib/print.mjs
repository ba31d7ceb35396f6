/** Tables for the terminal, and numbers with their spread. */
import { summary } from './measure.mjs'

export function title(text) {
  console.log(`\n## ${text}\n`)
}

/** Columns as wide as they must be; the first to the left, the others to the right. */
export function table(head, rows) {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at].length)))
  const pad = (text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]))
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows])
    console.log(row.map(pad).join('  '))
}

/** `1,234 (1,200 .. 1,300)`: the median and, in brackets, the quartiles. */
export function spread(samples, digits = 0) {
  const { median, low, high } = summary(samples)
  return `${number(median, digits)} (${number(low, digits)} .. ${number(high, digits)})`
}

export function number(value, digits = 0) {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
