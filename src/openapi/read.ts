/** From a file, a text or an object to data: bounded, and never by way of the network. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, extname, isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { duplicateIn } from '../validate/duplicates.js'
import { countMembers, mostMembersIn } from '../validate/structure.js'
import { isFields } from './place.js'
import type { Report } from './report.js'
import { readYaml } from './yaml.js'

/** What AWS takes, in bytes. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
export const LARGEST = 6 * 1024 * 1024
/** Deeper documents are none that anybody has written. */
const DEEPEST = 100
/** As many as the largest text could have. */
const MOST_PARTS = 1_500_000

/** A document, or part of one, as data. */
export interface Loaded {
  readonly root: unknown
  /** As it is called in messages. */
  readonly name: string
  /** Where it lies: in its folder it may refer to other files. A text lies nowhere. */
  readonly path: string | undefined
  /** Characters of its text. */
  readonly length: number
}

/** @returns `undefined` where it cannot be read, which is reported then */
export function load(source: unknown, report: (name: string) => Report): Loaded | undefined {
  if (source instanceof URL || typeof source === 'string') return loadText(source, report)
  const told = report('the API definition')
  if (isFields(source))
    return bounded({ root: source, name: told.subject, path: undefined, length: 0 }, told, true)
  const fix = "Give a file's path, the text itself, or the document as an object."
  told.fault('#', 'WRONG_TYPE', `${kindOf(source)} is no API definition`, fix)
  return undefined
}

function kindOf(source: unknown): string {
  if (source instanceof Promise) return 'a promise, which nobody has awaited,'
  if (source === null || source === undefined) return String(source)
  return typeof source === 'object' ? 'such an object' : `a ${typeof source}`
}

function loadText(source: string | URL, report: (name: string) => Report): Loaded | undefined {
  if (source === '') {
    const fix = "Give a file's path, or the text itself."
    report('the API definition').fault('#', 'DOCUMENT_UNREADABLE', 'an empty text names no file', fix)
    return undefined
  }
  if (typeof source === 'string' && isText(source)) {
    const told = report('the API definition')
    return tooLarge(Buffer.byteLength(source), told) ? undefined : parsed(source, undefined, told)
  }
  const path = pathOf(source)
  if (path === undefined) {
    const fix = 'Download it, look at it, and give the path of the file.'
    report(String(source)).fault('#', 'REFERENCE_REMOTE', 'no document is fetched from another machine', fix)
    return undefined
  }
  const told = report(basename(path))
  const text = readText(path, told)
  return text === undefined ? undefined : parsed(text, path, told)
}

/** A text has several lines or begins as JSON does; a path has neither. */
function isText(source: string): boolean {
  return /^\s*[{[]/.test(source.slice(0, 1_000)) || source.includes('\n')
}

function pathOf(source: string | URL): string | undefined {
  if (source instanceof URL) return source.protocol === 'file:' ? fileURLToPath(source) : undefined
  if (/^file:/i.test(source) && URL.canParse(source)) return fileURLToPath(source)
  return /^[a-z][a-z\d+.-]+:\/\//i.test(source) ? undefined : resolve(source)
}

function readText(path: string, report: Report): string | undefined {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new Error('it is no file')
    return tooLarge(stat.size, report) ? undefined : readFileSync(path, 'utf8')
  } catch (error) {
    report.fault(
      '#',
      'DOCUMENT_UNREADABLE',
      `cannot be read: ${reasonOf(error)}`,
      'Name a file that is there, from the working directory on; a text has several lines.',
    )
    return undefined
  }
}

function tooLarge(bytes: number, report: Report): boolean {
  if (bytes <= LARGEST) return false
  const message = `${bytes.toLocaleString('en-US')} bytes are more than the 6 MiB that a document may have`
  report.fault('#', 'DOCUMENT_TOO_LARGE', message, 'Split the API, as for AWS.')
  return true
}

function parsed(given: string, path: string | undefined, report: Report): Loaded | undefined {
  const text = given.startsWith('\ufeff') ? given.slice(1) : given
  const name = path === undefined ? report.subject : basename(path)
  const isYaml = ['.yaml', '.yml'].includes(extname(path ?? '')) || !/^\s*[{[]/.test(text)
  if (text.trim() === '') {
    report.fault('#', 'DOCUMENT_UNREADABLE', 'there is nothing in it', 'Write a document.')
    return undefined
  }
  const root = isYaml ? readYaml(text, report) : readJson(text, report)
  if (root === undefined) return undefined
  const loaded = bounded({ root, name, path, length: text.length }, report, isYaml)
  if (loaded !== undefined && !isYaml) refuseDuplicate(text, root, report)
  return loaded
}

function readJson(text: string, report: Report): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = `is no JSON${placeOf(error, text)}: ${reasonOf(error)}`
    const fix = 'Correct it. What begins with a bracket is read as JSON, unless its name ends in `.yaml`.'
    report.fault('#', 'DOCUMENT_UNREADABLE', message, fix)
    return undefined
  }
}

/** Of a name that is there twice, `JSON.parse` takes the last: a guarded route may be gone. */
function refuseDuplicate(text: string, root: unknown, report: Report): void {
  // As many members came of it as the text can have.
  if (countMembers(root, 0) === mostMembersIn(text)) return
  const twice = duplicateIn(text)
  if (twice !== undefined) report.fault(`#${twice}`, 'DUPLICATE', 'it is there twice', 'Keep one of them.')
}

/** Older Nodes tell the position alone. */
function placeOf(error: unknown, text: string): string {
  const [, position, line] = / at position (\d+)( \(line)?/.exec(reasonOf(error)) ?? []
  if (position === undefined || line !== undefined) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return ` at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

/** Whoever walks through it shall come to an end, and soon. @param shared whether parts may stand in several places */
function bounded(loaded: Loaded, report: Report, shared: boolean): Loaded | undefined {
  const { size, height } = shared
    ? extentOf(loaded.root, new Map())
    : { size: 0, height: heightOf(loaded.root, 0) }
  if (height > DEEPEST) {
    const message = `it has more than ${DEEPEST} levels, or holds itself`
    report.fault('#', 'DOCUMENT_TOO_DEEP', message, 'Write it with fewer levels; refer to schemas by `$ref`.')
  } else if (size > MOST_PARTS) {
    const message = `written out, it would have more than ${MOST_PARTS.toLocaleString('en-US')} parts`
    report.fault('#', 'DOCUMENT_TOO_LARGE', message, 'Refer to schemas by `$ref` instead of aliases.')
  } else return loaded
  return undefined
}

/** Looks no deeper than it must. @param value as JSON has it, with no fields but its own */
function heightOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return depth
  if (depth > DEEPEST) return depth
  let highest = depth
  if (Array.isArray(value)) {
    for (const part of value) highest = Math.max(highest, heightOf(part, depth + 1))
  } else {
    for (const key in value) {
      const part = (value as Readonly<Record<string, unknown>>)[key]
      if (typeof part === 'object') highest = Math.max(highest, heightOf(part, depth + 1))
    }
  }
  return highest
}

interface Extent {
  /** Parts, written out: aliases of YAML have one part stand in several places. */
  readonly size: number
  readonly height: number
}

const ONE: Extent = { size: 1, height: 0 }
const ENDLESS: Extent = { size: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }

/** @param known of parts that have been looked at; of those that are being looked at, endless */
function extentOf(value: unknown, known: Map<object, Extent>, depth = 0): Extent {
  if (typeof value !== 'object' || value === null) return ONE
  const before = known.get(value)
  if (before !== undefined) return before
  if (depth > DEEPEST) return ENDLESS
  known.set(value, ENDLESS)
  let [size, height] = [1, 0]
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    const extent = extentOf(part, known, depth + 1)
    size += extent.size
    height = Math.max(height, extent.height + 1)
  }
  known.set(value, { size, height })
  return { size, height }
}

/**
 * A file that a document refers to.
 *
 * @param reference relative to the folder of the file in which it stands
 * @returns the path, or why it is not to be read
 */
export function within(folder: string, reference: string): { readonly path: string } | 'outside' | 'missing' {
  const path = resolve(folder, reference)
  if (!isInside(folder, path)) return 'outside'
  try {
    // A link may lead out of the folder.
    return isInside(realpathSync(folder), realpathSync(path)) ? { path } : 'outside'
  } catch {
    return 'missing'
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Reads a file that a document refers to. @param name as it is called in messages */
export function loadFile(path: string, report: Report, name: string): Loaded | undefined {
  const told = report.of(name)
  const text = readText(path, told)
  return text === undefined ? undefined : parsed(text, path, told)
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}
