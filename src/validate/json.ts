/** JSON from callers: taken for what it says once it is known to say the same to whoever reads it. */
import { isUtf8 } from 'node:buffer'
import type { ValidationFault } from '../schema.js'
import { duplicateIn } from './duplicates.js'
import {
  countMembers,
  DEEPEST,
  INHERITS,
  membersIn,
  mostMembersIn,
  PROTOTYPE,
  prototypeIn,
  TOO_DEEP,
} from './structure.js'
import { fault, token } from './words.js'

export type Read =
  | { readonly value: unknown; readonly fault?: undefined }
  | { readonly fault: ValidationFault }

const DEEP: Read = { fault: fault('', 'depth', `is nested deeper than ${DEEPEST} levels`) }
const BROKEN: Read = { fault: fault('', 'parse', 'is not JSON') }

/** What stands for bytes that are not UTF-8, in a text that was made of them. */
const REPLACEMENT = '\ufffd'

/** @returns the text, or what is wrong with the bytes */
export function readText(bytes: Uint8Array): string | ValidationFault {
  // RFC 8259, 8.1: no BOM may be added, and some readers take it for a part of the text.
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return fault('', 'parse', 'begins with a byte order mark')
  const text = Buffer.isBuffer(bytes) ? bytes.toString() : Buffer.from(bytes).toString()
  return text.includes(REPLACEMENT) && !isUtf8(bytes) ? fault('', 'parse', 'is not UTF-8') : text
}

/** Bytes from which on it is looked how deep a text goes before it is parsed: depth takes far longer than length does. */
const LARGE = 262_144

export function readJson(bytes: Uint8Array): Read {
  const text = readText(bytes)
  if (typeof text !== 'string') return { fault: text }
  const most = bytes.length < LARGE ? mostMembersIn(text) : membersIn(bytes)
  if (most === TOO_DEEP) return DEEP
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return BROKEN
  }
  const members = countMembers(value, 0)
  if (members === TOO_DEEP) return DEEP
  if (members === INHERITS) return { fault: inheritance(prototypeIn(value) ?? []) }
  // As many members came of it as the text can have: no name was given twice.
  const twice = members === most ? undefined : duplicateIn(text)
  return twice === undefined ? { value } : { fault: fault(twice, 'duplicate', 'is given twice') }
}

/** Apps copy what they are given, and `Object.assign` takes such a field for what the copy inherits from. */
export function inheritance(names: readonly string[]): ValidationFault {
  return fault(names.map(token).join(''), 'name', `is called ${PROTOTYPE}`)
}
