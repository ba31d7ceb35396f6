/** Finding texts where a segment of a path begins, without cutting it out. */

const SLASH = 0x2f

interface Named {
  readonly text: string
}

/** A hash table by text. A `Map` would ask for a string of the segment's own, to be made and hashed at every look-up. */
export class Table<N extends Named> {
  readonly #hashes: Int32Array
  readonly #nodes: readonly (N | undefined)[]
  readonly #longest: number

  constructor(nodes: readonly N[]) {
    let size = 16
    while (size < nodes.length * 2) size *= 2
    const hashes = new Int32Array(size)
    const places = new Array<N | undefined>(size).fill(undefined)
    for (const node of nodes) {
      const hash = hashOf(node.text)
      let at = hash & (size - 1)
      while (hashes[at] !== 0) at = (at + 1) & (size - 1)
      hashes[at] = hash
      places[at] = node
    }
    this.#hashes = hashes
    this.#nodes = places
    this.#longest = nodes.reduce((most, { text }) => Math.max(most, text.length), 0)
  }

  /** The one whose text is the segment that begins at `start`. */
  find(path: string, start: number): N | undefined {
    const limit = Math.min(path.length, start + this.#longest + 1)
    let end = start
    let hash = SEED
    for (; end < limit; end++) {
      const code = path.charCodeAt(end)
      if (code === SLASH) break
      hash = stirred(hash, code)
    }
    return end - start > this.#longest ? undefined : this.#look(finished(hash), path, start, end - start)
  }

  #look(hash: number, path: string, start: number, length: number): N | undefined {
    const hashes = this.#hashes
    for (let at = hash & (hashes.length - 1); hashes[at] !== 0; at = (at + 1) & (hashes.length - 1)) {
      const node = hashes[at] === hash ? this.#nodes[at] : undefined
      // Nearly always alike, then: `indexOf` looks no further, and is faster than `startsWith`.
      if (node?.text.length === length && path.indexOf(node.text, start) === start) return node
    }
    return undefined
  }
}

const SEED = 0x811c9dc5 | 0

/** A step of FNV-1a. */
function stirred(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

/** The upper bits, which are mixed better, in the lower ones, by which places are found; never 0, an empty place. */
function finished(hash: number): number {
  return hash ^ (hash >>> 15) || 1
}

function hashOf(text: string): number {
  let hash = SEED
  for (let at = 0; at < text.length; at++) hash = stirred(hash, text.charCodeAt(at))
  return finished(hash)
}

/** Whether a text is the segment that begins at `start`. @param code its first character */
export function isAt(text: string, code: number, path: string, start: number): boolean {
  if (path.charCodeAt(start) !== code) return false
  const end = start + text.length
  if (end !== path.length && path.charCodeAt(end) !== SLASH) return false
  return path.slice(start, end) === text
}

/**
 * The same text, as the one that V8 keeps of all property names alike: texts of that kind are compared at a glance,
 * and share their place in memory.
 */
export function interned(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text
}
