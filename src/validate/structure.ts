/** How deep JSON goes and how many members its objects have: in a value, in a text, in bytes. */

/** Levels of a body at most. */
export const DEEPEST = 64

/** The name of the property that an object inherits by. */
export const PROTOTYPE = '__proto__'

/** In place of a number of members. */
export const TOO_DEEP = -1

/** In place of a number of members: an object has a field of its own that is called as what it inherits by. */
export const INHERITS = -2

/** How many members all objects of a value have together; less than 0 for what is refused. */
export function countMembers(value: unknown, depth: number): number {
  if (!isStructure(value)) return 0
  if (depth === DEEPEST) return TOO_DEEP
  return Array.isArray(value) ? countInList(value, depth + 1) : countInObject(value, depth + 1)
}

type Structure = Readonly<Record<string, unknown>>

function isStructure(value: unknown): value is Structure {
  return typeof value === 'object' && value !== null
}

function countInList(list: readonly unknown[], depth: number): number {
  let count = 0
  for (let index = 0; index < list.length; index++) {
    const item = list[index]
    if (typeof item !== 'object') continue
    const within = countMembers(item, depth)
    if (within < 0) return within
    count += within
  }
  return count
}

function countInObject(object: Structure, depth: number): number {
  let count = 0
  for (const name in object) {
    if (name === PROTOTYPE) return INHERITS
    count++
    const field = object[name]
    if (typeof field !== 'object') continue
    const within = countMembers(field, depth)
    if (within < 0) return within
    count += within
  }
  return count
}

/** Where an object has it as a field of its own, as `JSON.parse` makes one: the names that lead there. */
export function prototypeIn(value: unknown): readonly string[] | undefined {
  if (!isStructure(value)) return undefined
  if (Object.hasOwn(value, PROTOTYPE)) return [PROTOTYPE]
  for (const name of Object.keys(value)) {
    const within = prototypeIn(value[name])
    if (within !== undefined) return [name, ...within]
  }
  return undefined
}

const QUOTE = 0x22
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN = 0x7b
const CLOSE = 0x7d
const SPACE = 0x20

/** How many members a JSON text has at most: its colons after a quote or white space. Any other stands within a string. */
export function mostMembersIn(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const before = text.charCodeAt(at - 1)
    if (before === QUOTE || before <= SPACE) count++
  }
  return count
}

/** How many members a JSON text has, or that it is too deep. Of what is no JSON it says nothing. */
export function membersIn(bytes: Uint8Array): number {
  let depth = 0
  let count = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if (byte === COLON) count++
    else if (byte === OPEN || byte === OPEN_LIST) {
      if (++depth > DEEPEST) return TOO_DEEP
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth--
  }
  return count
}

/** The quote that ends a string. @param at the quote that begins it */
function endOfString(bytes: Uint8Array, at: number): number {
  let end = at + 1
  for (; end < bytes.length && bytes[end] !== QUOTE; end++) if (bytes[end] === BACKSLASH) end++
  return end
}
