/** Sets of characters, by code point: what one place of a pattern may hold. */

/** Ranges in order, apart from each other, both ends included. */
export type CharSet = readonly (readonly [first: number, last: number])[]

const LAST = 0x10ffff

export function single(point: number): CharSet {
  return [[point, point]]
}

export function union(...sets: readonly CharSet[]): CharSet {
  const merged: [number, number][] = []
  for (const [first, last] of sets.flat().sort(([a], [b]) => a - b)) {
    const before = merged.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else merged.push([first, last])
  }
  return merged
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = []
  let from = 0
  for (const [first, last] of set) {
    if (first > from) rest.push([from, first - 1])
    from = last + 1
  }
  if (from <= LAST) rest.push([from, LAST])
  return rest
}

/** Whether some character is in both. */
export function overlap(one: CharSet, other: CharSet): boolean {
  return one.some(([first, last]) => other.some(([from, to]) => first <= to && from <= last))
}

const of = (characters: string): CharSet =>
  union(...[...characters].map((character) => single(character.codePointAt(0) ?? 0)))

const DIGIT: CharSet = [[0x30, 0x39]]
const WORD = union(DIGIT, [[0x41, 0x5a]], [[0x61, 0x7a]], of('_'))
const LINE_ENDS = of('\n\r\u2028\u2029')
/** `WhiteSpace` and `LineTerminator` of ECMA 262, the space separators of Unicode among them. */
const SPACE = union(LINE_ENDS, of('\t\v\f \u00a0\u1680\u202f\u205f\u3000\ufeff'), [[0x2000, 0x200a]])

/** What `.` stands for. */
export const DOT = complement(LINE_ENDS)

/** `\d`, `\W` and their like. */
export const CLASSES: ReadonlyMap<string, CharSet> = new Map([
  ['d', DIGIT],
  ['D', complement(DIGIT)],
  ['w', WORD],
  ['W', complement(WORD)],
  ['s', SPACE],
  ['S', complement(SPACE)],
])

const properties = new Map<string, CharSet>()

/**
 * The characters with a property of Unicode, as this very engine knows them.
 *
 * @param property `L`, `Script=Greek`
 * @returns `undefined` where there is no such property
 */
export function propertySet(property: string): CharSet | undefined {
  const known = properties.get(property)
  if (known !== undefined) return known
  const set = gather(property)
  if (set !== undefined) properties.set(property, set)
  return set
}

function gather(property: string): CharSet | undefined {
  let has: RegExp
  try {
    has = new RegExp(`^\\p{${property}}$`, 'u')
  } catch {
    return undefined
  }
  const ranges: [number, number][] = []
  for (let point = 0; point <= LAST; point++) {
    if (!has.test(String.fromCodePoint(point))) continue
    const before = ranges.at(-1)
    if (before?.[1] === point - 1) before[1] = point
    else ranges.push([point, point])
  }
  return ranges
}
