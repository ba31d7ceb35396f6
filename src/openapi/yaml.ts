/** YAML, read as JSON's data. It is parsed by `yaml`, and made into data here, where all that it asks for is bounded. */
import {
  type Alias,
  type CollectionTag,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { isFields, type Key, pointerOf } from './place.js'
import type { Report } from './report.js'

/** Levels at most. Deeper ones would use up the stack of the parser. */
const DEEPEST = 100
/** Fields that `<<` may bring in, all in all. */
const MOST_MERGED = 100_000
/** Faults of the text that are told of. */
const MOST_TOLD = 20

/** @returns `undefined` where it is no YAML, which is reported then */
export function readYaml(text: string, report: Report): unknown {
  if (isDeep(text)) {
    report.fault(
      '#',
      'DOCUMENT_TOO_DEEP',
      `it has more than ${DEEPEST} levels`,
      'Write it with fewer levels.',
    )
    return undefined
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    customTags: TAGS,
    lineCounter: lines,
    // With 'silent', what follows a second `---` would be left out in silence, too.
    logLevel: 'error',
    prettyErrors: false,
    stringKeys: true,
    // It compares each key with each other one.
    uniqueKeys: false,
  })
  for (const { message, pos } of document.errors.slice(0, MOST_TOLD)) {
    const { line, col } = lines.linePos(pos[0])
    const where = `is no YAML at line ${line}, column ${col}: ${message}`
    report.fault('#', 'DOCUMENT_UNREADABLE', where, 'Correct it.')
  }
  if (document.errors.length > 0) return undefined
  for (const { message } of document.warnings.slice(0, MOST_TOLD)) {
    report.warn('#', 'VALUE_INVALID', `in its YAML: ${message}`, 'Write the value without it.')
  }
  return new Reader(report).read(document.contents, [])
}

/** Brackets, and lists of lists in one line, are cheap to write. */
function isDeep(text: string): boolean {
  if (DEEP_LINE.test(text)) return true
  return depthOf(text) > DEEPEST && depthOf(new Lexer().lex(text)) > DEEPEST
}

const DEEP_LINE = new RegExp(`^(?:[-?:]? ){${4 * DEEPEST}}`, 'm')

/** @param tokens those of YAML, or mere characters, which may also stand in texts */
function depthOf(tokens: Iterable<string>): number {
  let [depth, deepest] = [0, 0]
  for (const token of tokens) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if ((token === ']' || token === '}') && depth > 0) depth--
  }
  return deepest
}

class Reader {
  readonly #anchors = new Map<string, unknown>()
  #merged = 0

  constructor(readonly report: Report) {}

  read(node: unknown, keys: readonly Key[]): unknown {
    const value = this.#value(node, keys)
    if (isNamed(node)) this.#anchors.set(node.anchor, value)
    return value
  }

  #value(node: unknown, keys: readonly Key[]): unknown {
    if (isScalar(node)) return node.value
    if (isAlias(node)) return this.#alias(node, keys)
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...keys, index]))
    return isMap(node) ? this.#map(node, keys) : null
  }

  /** What it stands for is shared, and not copied. */
  #alias({ source }: Alias, keys: readonly Key[]): unknown {
    if (this.#anchors.has(source)) return this.#anchors.get(source)
    const message = `the alias '*${source}' stands for nothing that is whole before it`
    this.report.fault(pointerOf('', keys), 'REFERENCE_BROKEN', message, `Write '&${source}' further above.`)
    return null
  }

  #map({ items }: YAMLMap, keys: readonly Key[]): unknown {
    const map: Record<string, unknown> = Object.create(null)
    const merged: unknown[] = []
    for (const { key, value } of items) {
      const name = isScalar(key) ? String(key.value) : String(key)
      const at = [...keys, name]
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN')
        merged.push(...[this.read(value, at)].flat())
      else if (name in map) {
        this.report.fault(pointerOf('', at), 'DUPLICATE', 'it is there twice', 'Keep one of them.')
      } else map[name] = this.read(value, at)
    }
    for (const each of merged) this.#merge(map, each, keys)
    return map
  }

  /** @see https://yaml.org/type/merge.html */
  #merge(map: Record<string, unknown>, from: unknown, keys: readonly Key[]): void {
    if (!isFields(from)) {
      const fix = 'Merge mappings: `<<: *name`.'
      this.report.fault(pointerOf('', [...keys, '<<']), 'WRONG_TYPE', 'merges what is no mapping', fix)
      return
    }
    for (const [name, value] of Object.entries(from)) {
      if (++this.#merged > MOST_MERGED) break
      if (!(name in map)) map[name] = value
    }
    if (this.#merged <= MOST_MERGED) return
    const message = `\`<<\` brings in more than ${MOST_MERGED.toLocaleString('en-US')} fields`
    this.report.fault(pointerOf('', keys), 'DOCUMENT_TOO_LARGE', message, 'Write it out, or refer by `$ref`.')
  }
}

function isNamed(node: unknown): node is { readonly anchor: string } {
  return (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined
}

/** CloudFormation's functions that have a short form: `!Join` is `Fn::Join`. */
const FUNCTIONS =
  'And Base64 Cidr Equals FindInMap GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform'

function scalar(tag: string, value: (text: string) => unknown): ScalarTag {
  return { tag, resolve: value }
}

/** A list or a mapping behind a tag, as what the function is given in its long form. */
function collection(tag: string, name: string, kind: 'map' | 'seq'): CollectionTag {
  const resolve = (node: YAMLMap.Parsed | YAMLSeq.Parsed) => {
    const long = new YAMLMap()
    long.items.push(new Pair(new Scalar(name), node))
    return long
  }
  return { tag, collection: kind, resolve }
}

/** `!GetAtt Api.RootResourceId` */
function attribute(text: string): unknown {
  const dot = text.indexOf('.')
  return { 'Fn::GetAtt': dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)] }
}

const TAGS = [
  scalar('!Ref', (text) => ({ Ref: text })),
  scalar('!Condition', (text) => ({ Condition: text })),
  scalar('!GetAtt', attribute),
  collection('!GetAtt', 'Fn::GetAtt', 'seq'),
  ...FUNCTIONS.split(' ').flatMap((name) => [
    scalar(`!${name}`, (text) => ({ [`Fn::${name}`]: text })),
    collection(`!${name}`, `Fn::${name}`, 'seq'),
    collection(`!${name}`, `Fn::${name}`, 'map'),
  ]),
]
