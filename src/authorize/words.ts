/** Values in words, short enough for a line. */

const LONGEST = 80
const MOST = 8

/** `10.1.2.3`, `'alice', 'bob'` … */
export function quoted(values: readonly string[]): string {
  const shown = values.slice(0, MOST).map(quote).join(', ')
  return values.length > MOST ? `${shown} … (${values.length} in all)` : shown
}

/** Plain where nothing in it could be misread. */
function quote(value: string): string {
  const short = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value
  return /^[\w.:/+*?${}@=-]+$/.test(short) ? short : JSON.stringify(short)
}
