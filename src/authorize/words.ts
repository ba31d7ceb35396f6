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

/** Characters: callers choose what is in a token. */
const LONGEST_SHOWN = 200

/** For the operator with both values: a slash at the end is easily overlooked. */
export function unlike(reason: string, found: unknown, wanted: readonly string[]): string {
  const has = (JSON.stringify(found) ?? 'none').slice(0, LONGEST_SHOWN)
  return `${reason}: it has ${has}, and not ${wanted.map((each) => `"${each}"`).join(' or ')}`
}
