/** JSON as values that templates and paths see, and back. */
import { Decimal } from './values.js'

/** What is nested deeper cannot be read. */
const DEEPEST = 1_000

/**
 * Numbers that JavaScript would not keep as they are: beyond 2^53, or with a fraction of zero. A text may look like one
 * and be none, which only costs time.
 */
const PARTICULAR = /\d{16}|\.\d*0(?!\d)|\d[eE]/

/** Whether JavaScript reads the text as it is meant. */
export function isPlainJson(text: string): boolean {
  return !PARTICULAR.test(text)
}

/** @throws SyntaxError */
export function parseJson(text: string): unknown {
  const value: unknown = isPlainJson(text) ? JSON.parse(text) : new Reader(text).whole()
  if (isDeeper(value, DEEPEST)) throw new SyntaxError(`nested more than ${DEEPEST} levels deep`)
  return value
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return false
  if (levels === 0) return true
  for (const each of Object.values(value)) if (isDeeper(each, levels - 1)) return true
  return false
}

const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const SPACE = /[ \t\r\n]*/y
const WORD = /true|false|null/y
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null }

/** Reads JSON with all digits of its numbers: integers as such, however large; decimals as Java has them. */
class Reader {
  #at = 0
  #depth = 0

  constructor(readonly text: string) {}

  whole(): unknown {
    const value = this.#value()
    this.#match(SPACE)
    if (this.#at < this.text.length) throw this.#unexpected()
    return value
  }

  #value(): unknown {
    this.#match(SPACE)
    const first = this.text[this.#at]
    if (first === '{') return this.#nested(() => this.#object())
    if (first === '[') return this.#nested(() => this.#list())
    if (first === '"') return this.#string()
    const word = this.#match(WORD)
    return word === undefined ? this.#number() : WORDS[word[0]]
  }

  #nested<T>(read: () => T): T {
    this.#at += 1
    this.#depth += 1
    if (this.#depth > DEEPEST) throw new SyntaxError(`nested more than ${DEEPEST} levels deep`)
    const value = read()
    this.#depth -= 1
    return value
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    if (this.#take('}')) return object
    do {
      this.#match(SPACE)
      const name = this.#string()
      if (!this.#take(':')) throw this.#unexpected()
      // A name of JavaScript's own would be more than a name.
      Object.defineProperty(object, name, {
        value: this.#value(),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#unexpected()
    return object
  }

  #list(): unknown[] {
    const list: unknown[] = []
    if (this.#take(']')) return list
    do list.push(this.#value())
    while (this.#take(','))
    if (!this.#take(']')) throw this.#unexpected()
    return list
  }

  #string(): string {
    const match = this.#match(STRING)
    if (match === undefined) throw this.#unexpected()
    return JSON.parse(match[0])
  }

  #number(): unknown {
    const match = this.#match(NUMBER)
    if (match === undefined) throw this.#unexpected()
    const [text, fraction, exponent] = match
    const value = Number(text)
    if (fraction !== undefined || exponent !== undefined) return Decimal.of(value)
    return Number.isSafeInteger(value) ? value : BigInt(text)
  }

  #take(character: string): boolean {
    this.#match(SPACE)
    if (this.text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.text)
    if (match === null) return undefined
    this.#at += match[0].length
    return match
  }

  #unexpected(): SyntaxError {
    const found = this.text[this.#at]
    return new SyntaxError(
      found === undefined
        ? 'Unexpected end of JSON input'
        : `Unexpected token '${found}' at position ${this.#at}`,
    )
  }
}
