/** Names that an object gives twice. Readers differ in which one they take: what the gateway checks must be what the app gets. */
import { token } from './words.js'

interface Level {
  /** `undefined`: a list. */
  readonly names: Set<string> | undefined
  /** The name, or the index, that is being read. */
  at: string | number
}

/**
 * @param json what `JSON.parse` has read
 * @returns the pointer of the first one, if any
 */
export function duplicateIn(json: string): string | undefined {
  const levels: Level[] = []
  let naming = false
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    const level = levels.at(-1)
    if (character === '"') {
      const end = endOfText(json, at)
      if (naming && level?.names !== undefined && isTwice(level, json.slice(at, end + 1)))
        return pointerOf(levels)
      naming = false
      at = end
    } else if (character === '{') naming = opens(levels, { names: new Set(), at: '' })
    else if (character === '[') naming = opens(levels, { names: undefined, at: 0 })
    else if (character === '}' || character === ']') levels.pop()
    else if (character === ',') naming = next(level)
  }
  return undefined
}

/** @returns whether a name comes next */
function opens(levels: Level[], level: Level): boolean {
  levels.push(level)
  return level.names !== undefined
}

/** @returns whether a name comes next */
function next(level: Level | undefined): boolean {
  if (typeof level?.at === 'number') level.at++
  return level?.names !== undefined
}

function isTwice(level: Level, text: string): boolean {
  const name = String(JSON.parse(text))
  const { names } = level
  level.at = name
  if (names?.has(name)) return true
  names?.add(name)
  return false
}

function pointerOf(levels: readonly Level[]): string {
  return levels.map(({ at }) => token(at)).join('')
}

/** The quote that ends a text. @param from the quote that begins it */
function endOfText(json: string, from: number): number {
  for (let end = json.indexOf('"', from + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let before = end
    while (json[before - 1] === '\\') before--
    if ((end - before) % 2 === 0) return end
  }
  return json.length
}
