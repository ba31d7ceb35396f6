/** Reads JSON paths. */
import { MappingFault } from './faults.js'
import type { JsonPath, Segment } from './jsonpath.js'
import { type Condition, OPERATORS, type Operand, type Operator, WORDS } from './jsonpathfilter.js'
import { FUNCTIONS } from './jsonpathfunctions.js'
import { javaPattern } from './pattern.js'

const FIX = 'Write a JSON path such as $.pets[0].name, $..name or $.pets[?(@.price < 10)].'
/** Longer than any path that is meant. */
const LONGEST = 2_000

/** What becomes of the paths within filters. */
type Compile = (segments: readonly Segment[]) => JsonPath

/** @throws MappingFault */
export function parsePath(text: string, compile: Compile): readonly Segment[] {
  if (text.length > LONGEST)
    throw new MappingFault(`a JSON path of ${text.length} characters`, `At most ${LONGEST} are read.`)
  const trimmed = text.trim()
  // Without its `$`, a path begins with a name, as in Jayway's.
  const reader = new PathReader(trimmed.startsWith('$') ? trimmed : `$.${trimmed}`, compile)
  return reader.whole()
}

const NAME = /[^.[\](),'"\s=!<>&|?*@$:][^.[\](),'"\s=!<>&|]*/y

class PathReader {
  #at = 0

  constructor(
    readonly text: string,
    readonly compile: Compile,
  ) {}

  whole(): readonly Segment[] {
    this.#at = 1
    const segments = this.#segments()
    if (this.#at < this.text.length) throw this.#fault()
    return segments
  }

  #fault(): MappingFault {
    const rest = this.text.slice(this.#at)
    const where = rest === '' ? 'ends too early' : `cannot be read from '${rest.slice(0, 20)}' on`
    return new MappingFault(`the JSON path '${this.text.slice(0, 80)}' ${where}`, FIX)
  }

  #segments(): Segment[] {
    const segments: Segment[] = []
    for (;;) {
      if (this.#take('..')) {
        segments.push({ kind: 'descendants' })
        if (this.#peek() !== '[') segments.push(this.#dotted())
      } else if (this.#take('.')) segments.push(this.#dotted())
      else if (this.#take('[')) segments.push(this.#bracketed())
      else return segments
    }
  }

  #dotted(): Segment {
    if (this.#take('*')) return { kind: 'wildcard' }
    const name = this.#match(NAME)
    return this.#take('()') ? this.#function(name) : { kind: 'names', names: [name] }
  }

  #function(name: string): Segment {
    if (Object.hasOwn(FUNCTIONS, name)) return { kind: 'function', name }
    throw new MappingFault(
      `the JSON path '${this.text.slice(0, 80)}' ends with ${name}(), which is none of its functions`,
      `There is ${Object.keys(FUNCTIONS).join('(), ')}().`,
    )
  }

  #bracketed(): Segment {
    this.#space()
    const segment = this.#inBrackets()
    this.#space()
    if (!this.#take(']')) throw this.#fault()
    return segment
  }

  #inBrackets(): Segment {
    if (this.#take('*')) return { kind: 'wildcard' }
    if (this.#take('?')) return this.#filter()
    const quote = this.#peek()
    if (quote === "'" || quote === '"') return { kind: 'names', names: this.#listed(() => this.#quoted()) }
    return this.#numbers()
  }

  #numbers(): Segment {
    const from = this.#optional(/-?\d+/y)
    this.#space()
    if (this.#take(':')) {
      this.#space()
      const to = this.#optional(/-?\d+/y)
      return { kind: 'slice', from: numberOf(from), to: numberOf(to) }
    }
    if (from === undefined) throw this.#fault()
    const more = this.#take(',') ? this.#listed(() => Number(this.#match(/-?\d+/y))) : []
    return { kind: 'indexes', indexes: [Number(from), ...more] }
  }

  #listed<T>(item: () => T): T[] {
    const items: T[] = []
    do {
      this.#space()
      items.push(item())
      this.#space()
    } while (this.#take(','))
    return items
  }

  #quoted(): string {
    const [, single, double] = this.#matched(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y)
    return (single ?? double ?? '').replace(/\\(.)/g, '$1')
  }

  #filter(): Segment {
    if (!this.#take('(')) throw this.#fault()
    const condition = this.#or(0)
    this.#space()
    if (!this.#take(')')) throw this.#fault()
    return { kind: 'filter', condition }
  }

  #or(depth: number): Condition {
    let left = this.#and(depth)
    for (;;) {
      this.#space()
      if (!this.#take('||')) return left
      left = { kind: 'or', left, right: this.#and(depth) }
    }
  }

  #and(depth: number): Condition {
    let left = this.#condition(depth)
    for (;;) {
      this.#space()
      if (!this.#take('&&')) return left
      left = { kind: 'and', left, right: this.#condition(depth) }
    }
  }

  #condition(depth: number): Condition {
    if (depth > 50) throw this.#fault()
    this.#space()
    if (this.#peek() === '!' && this.text[this.#at + 1] !== '=') {
      this.#at += 1
      return { kind: 'not', condition: this.#condition(depth + 1) }
    }
    if (this.#take('(')) {
      const inner = this.#or(depth + 1)
      this.#space()
      if (!this.#take(')')) throw this.#fault()
      return inner
    }
    return this.#comparison()
  }

  #comparison(): Condition {
    const left = this.#operand()
    this.#space()
    if (this.#take('=~')) {
      this.#space()
      const [, body = '', flags = ''] = this.#matched(/\/((?:[^/\\]|\\.)*)\/([a-zA-Z]*)/y)
      return { kind: 'matches', left, pattern: javaPattern(body, flags) }
    }
    const operator = this.#operator()
    if (operator === undefined) {
      if (left.kind === 'literal') throw this.#fault()
      return { kind: 'exists', operand: left }
    }
    this.#space()
    return { kind: 'compare', operator, left, right: this.#operand() }
  }

  #operator(): Operator | undefined {
    const sign = OPERATORS.find((each) => this.#take(each))
    if (sign !== undefined) return sign
    const word = this.#optional(/[a-z]+\b/y)
    if (word === undefined) return undefined
    const known = WORDS.find((each) => each === word)
    if (known === undefined) throw this.#fault()
    return known
  }

  #operand(): Operand {
    const first = this.#peek()
    if (first === '@' || first === '$') return this.#path(first === '$')
    if (first === "'" || first === '"') return { kind: 'literal', value: this.#quoted() }
    if (this.#take('[')) {
      this.#space()
      const value = this.#peek() === ']' ? [] : this.#listed(() => this.#literal())
      if (!this.#take(']')) throw this.#fault()
      return { kind: 'literal', value }
    }
    return { kind: 'literal', value: this.#literal() }
  }

  #literal(): unknown {
    const first = this.#peek()
    if (first === "'" || first === '"') return this.#quoted()
    const text = this.#match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y)
    return JSON.parse(text)
  }

  #path(root: boolean): Operand {
    this.#at += 1
    return { kind: 'path', root, path: this.compile(this.#segments()) }
  }

  #peek(): string | undefined {
    return this.text[this.#at]
  }

  #take(text: string): boolean {
    if (!this.text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #space(): void {
    while (this.text[this.#at] === ' ') this.#at += 1
  }

  #optional(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.text)
    if (match === null) return undefined
    this.#at += match[0].length
    return match[0]
  }

  #match(pattern: RegExp): string {
    return this.#matched(pattern)[0] ?? ''
  }

  #matched(pattern: RegExp): readonly (string | undefined)[] {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.text)
    if (match === null) throw this.#fault()
    this.#at += match[0].length
    return match
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
