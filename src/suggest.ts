/** "Did you mean …?" */

/** Candidates looked at, so that ten thousand misspelt names among ten thousand take seconds, not hours. */
const MOST = 300

/** The nearest of the known names, if it is near enough to have been meant. */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const given = name.toLowerCase()
  const reach = Math.max(1, Math.floor(Math.min(given.length, 60) / 3))
  let best: string | undefined
  let least = reach + 1
  let tried = 0
  for (const candidate of known) {
    if (Math.abs(candidate.length - given.length) > reach) continue
    if (++tried > MOST) break
    const edits = distance(given, candidate.toLowerCase())
    if (edits < least) [best, least] = [candidate, edits]
  }
  return best
}

/** The question, or what else to say where nothing is near. */
export function didYouMean(name: string, known: Iterable<string>, otherwise: string): string {
  const near = suggest(name, known)
  return near === undefined ? otherwise : `Did you mean \`${near}\`?`
}

/** Levenshtein's distance: insertions, deletions and replacements that make one of the other. */
function distance(one: string, other: string): number {
  const [a, b] = differing(one, other)
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** Two texts without what they begin and end with alike: near names have little between, and only that is compared. */
function differing(one: string, other: string): readonly [string, string] {
  const shorter = Math.min(one.length, other.length)
  let start = 0
  while (start < shorter && one[start] === other[start]) start++
  let end = 0
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++
  return [one.slice(start, one.length - end), other.slice(start, other.length - end)]
}
