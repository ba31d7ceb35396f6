/** Formats, each of them checked in a time that grows no faster than the text. */
import type { Format } from 'ajv'
import { standardFormats } from './engine.js'

/** Longer texts are of no format: the engine's stack has an end, and expressions with choices use it up. */
const LONGEST = 1_048_576

type Check = (text: string) => boolean

/** By name. What is not among them is not checked, as JSON Schema has it. */
export function formats(): ReadonlyMap<string, Format> {
  const all = Object.entries(standardFormats()).map(([name, format]) => [name, bounded(format)] as const)
  return new Map<string, Format>([...all, ['byte', isBase64], ['url', within(isUrl)]])
}

function bounded(format: Format): Format {
  if (typeof format === 'object' && 'type' in format && format.type === 'number') return format
  const check = checkOf(format)
  return check === undefined ? format : within(check)
}

function checkOf(format: Format): Check | undefined {
  const found: unknown = typeof format === 'object' && 'validate' in format ? format.validate : format
  if (found instanceof RegExp) return (text) => found.test(text)
  return typeof found === 'function' ? (text) => found(text) === true : undefined
}

function within(check: Check): Check {
  return (text) => text.length <= LONGEST && check(text)
}

/** By itself, as the expression in common use takes a text for base64 of which one line is. */
const isBase64: Check = (text) => text.length % 4 === 0 && BASE64.test(text)
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** By the URL standard: the expression in common use needs time by the square of the length. */
const isUrl: Check = (text) => /^(?:https?|ftp):\/\/[^\s]*$/i.test(text) && URL.canParse(text)
