/**
 * Templates as velocityjs reads them. Its grammar lacks what Velocity has: doubled quotes in texts (`"a ""b"""`),
 * texts that end with a backslash, `.5`, `#stop`, and backslashes before what is no directive. Here they are written in
 * other words: texts that it would misread are taken out, and a name stands in their place.
 */
import { MappingFault } from './faults.js'

/** A text that was taken out. */
export interface Literal {
  readonly text: string
  /** Whether it was in double quotes: variables within it are looked up. */
  readonly interpolated: boolean
  /** As it stood there. */
  readonly raw: string
}

export interface Prepared {
  readonly source: string
  /** By the names that stand in their place. */
  readonly literals: ReadonlyMap<string, Literal>
  /** How many blocks stand in one another at most; fewer where some are not closed. */
  readonly depth: number
}

/** @throws MappingFault */
export function prepare(template: string): Prepared {
  return new Preparation(template).whole()
}

const OPENING = new Set(['if', 'foreach', 'macro', 'define'])
const WITHOUT_ARGUMENTS = new Set(['else', 'end', 'break'])
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

const PLAIN = /[^#$\\]+/y
const BACKSLASHES = /\\+(?=[$#])/y
const COMMENT = /##[^\n]*/y
const STOP = /#(?:stop\b|\{stop\})(?!\()/y
const DIRECTIVE = /#@?(?:([A-Za-z]\w*)|\{([A-Za-z]\w*)\})([ \t]*\()?/y
/** A reference up to its first brackets; those behind its first name alone are text. */
const REFERENCE = /\$!?\{?[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*/y
const BRACKET = /(?<=\.[\w-]+)\(|\[(?=\s*[-$"'\d{[\]])/y
const FURTHER = /(?:\.[A-Za-z_][\w-]*)+(?=[([])/y
const DOUBLE = /"([^"]*(?:""[^"]*)*)"/y
const SINGLE = /'([^']*(?:''[^']*)*)'/y

class Preparation {
  readonly #text: string
  readonly #literals = new Map<string, Literal>()
  readonly #name: string
  #at = 0
  #out = ''
  #open = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    let name = 'text_'
    while (text.includes(name)) name += '_'
    this.#name = name
  }

  whole(): Prepared {
    while (this.#at < this.#text.length) this.#next()
    return { source: this.#out, literals: this.#literals, depth: this.#depth }
  }

  #next(): void {
    const copied =
      this.#match(PLAIN) ?? this.#between('#[[', ']]#') ?? this.#between('#*', '*#') ?? this.#match(COMMENT)
    if (copied !== undefined) this.#out += copied
    else if (this.#match(STOP) !== undefined) this.#out += '#stop()'
    else if (!this.#backslashes() && !this.#directive() && !this.#reference()) {
      this.#out += this.#text[this.#at]
      this.#at += 1
    }
  }

  /** What is taken as it is, to its end. */
  #between(start: string, end: string): string | undefined {
    if (!this.#text.startsWith(start, this.#at)) return undefined
    const at = this.#text.indexOf(end, this.#at + start.length)
    if (at < 0) {
      const line = this.#text.slice(0, this.#at).split('\n').length
      throw new MappingFault(
        `line ${line} of the template: a '${start}' without its '${end}'`,
        `Write '${end}'.`,
      )
    }
    const found = this.#text.slice(this.#at, at + end.length)
    this.#at = at + end.length
    return found
  }

  /** Before a reference or a directive they are velocityjs's to read; elsewhere they stand for themselves. */
  #backslashes(): boolean {
    const found = this.#match(BACKSLASHES)
    if (found === undefined) return false
    const sign = this.#text[this.#at] ?? ''
    const escapes = /^(?:\$!?\{?[A-Za-z_]|#\{?[A-Za-z])/.test(this.#text.slice(this.#at, this.#at + 4))
    if (escapes && found.length % 2 === 0) {
      this.#out += found
      return true
    }
    this.#out += escapes ? found + sign : `#[[${found}${sign}]]#`
    this.#at += 1
    return true
  }

  #directive(): boolean {
    const match = this.#exec(DIRECTIVE)
    if (match === null) return false
    const [found, bare, braced, args] = match
    const name = bare ?? braced ?? ''
    if (OPENING.has(name)) {
      this.#open += 1
      this.#depth = Math.max(this.#depth, this.#open)
    } else if (name === 'end') this.#open -= 1
    this.#out += found
    if (args !== undefined && !WITHOUT_ARGUMENTS.has(name)) this.#inside(')')
    return true
  }

  /** With arguments, indexes, and further names. */
  #reference(): boolean {
    let found = this.#match(REFERENCE)
    if (found === undefined) return false
    while (found !== undefined) {
      this.#out += found
      let bracket = this.#match(BRACKET)
      while (bracket !== undefined) {
        this.#out += bracket
        this.#inside(CLOSING[bracket] ?? '')
        bracket = this.#match(BRACKET)
      }
      found = this.#match(FURTHER)
    }
    return true
  }

  /** The inside of brackets, to their end. */
  #inside(end: string): void {
    const ends = [end]
    while (this.#at < this.#text.length && ends.length > 0) {
      const character = this.#text[this.#at] ?? ''
      if (character === '"' || character === "'") {
        this.#literal(character)
        continue
      }
      if (character === '.' && this.#startsNumber()) this.#out += '0'
      this.#out += character
      this.#at += 1
      const closing = CLOSING[character]
      if (closing !== undefined) ends.push(closing)
      else if (character === ends.at(-1)) ends.pop()
    }
  }

  /** Whether a dot begins a number. */
  #startsNumber(): boolean {
    return /\d/.test(this.#text[this.#at + 1] ?? '') && !/[\w.)\]}]/.test(this.#text[this.#at - 1] ?? '')
  }

  #literal(quote: string): void {
    const match = this.#exec(quote === '"' ? DOUBLE : SINGLE)
    if (match === null) {
      // It has no end, which velocityjs finds.
      this.#out += quote
      this.#at += 1
      return
    }
    const [raw, inner = ''] = match
    const isKey = /^\s*:/.test(this.#text.slice(this.#at, this.#at + 40))
    if (isKey || !(inner.includes(quote) || inner.includes('\\'))) {
      this.#out += quote + inner.replaceAll(quote + quote, `\\${quote}`) + quote
      return
    }
    const name = `${this.#name}${this.#literals.size}`
    const text = inner.replaceAll(quote + quote, quote)
    this.#literals.set(name, { text, interpolated: quote === '"', raw })
    this.#out += `$${name}`
  }

  #match(pattern: RegExp): string | undefined {
    return this.#exec(pattern)?.[0]
  }

  #exec(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at += match[0].length
    return match
  }
}
