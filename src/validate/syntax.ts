/**
 * Patterns as models have them, read into a tree: ECMA 262, by code points. What cannot be matched in linear time is
 * told apart here already, in words for whoever wrote it.
 *
 * @see https://tc39.es/ecma262/#sec-patterns
 */
import { type CharSet, CLASSES, complement, DOT, propertySet, single, union } from './charset.js'

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly least: number; readonly most: number }
  | { readonly kind: 'start' | 'end' | 'edge' | 'inside' }
  | { readonly kind: 'ahead'; readonly item: Node; readonly negated: boolean }

/** What is wrong with a pattern, for whoever wrote it: `has …`, `is …`. */
export class PatternFault extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}

const LONGEST = 10_000

/** @throws PatternFault */
export function readPattern(text: string): Node {
  if (text.length > LONGEST) {
    throw new PatternFault(`has ${text.length} characters`, `Write at most ${LONGEST}.`)
  }
  wellFormed(text)
  return new Reader(text).choice()
}

/** With the flag `u` or without: escapes that only the latter allows, `\-` or `\@`, are all over what people write. */
function wellFormed(text: string): void {
  try {
    new RegExp(text, 'u')
  } catch {
    try {
      new RegExp(text)
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'it cannot be read'
      throw new PatternFault(`is no regular expression: ${reason}`, 'Write an ECMA 262 regular expression.')
    }
  }
}

export const NOT_LINEAR = 'cannot be matched in linear time, so that callers could hang the process'

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
])

class Reader {
  #at = 0

  constructor(readonly text: string) {}

  choice(): Node {
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    const [only] = options
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options }
  }

  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.text.length && !this.#sees('|') && !this.#sees(')')) items.push(this.#term())
    return { kind: 'sequence', items }
  }

  #term(): Node {
    const item = this.#atom()
    const count = this.#match(/[*+?]|\{(\d+)(?:(,)(\d*))?\}/y)
    if (count === undefined) return item
    // Greedy or not: it is only asked whether there is a match.
    this.#take('?')
    const [sign, least = '', comma, most = ''] = count
    if (sign === '*') return { kind: 'repeat', item, least: 0, most: Infinity }
    if (sign === '+') return { kind: 'repeat', item, least: 1, most: Infinity }
    if (sign === '?') return { kind: 'repeat', item, least: 0, most: 1 }
    const end = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most)
    return { kind: 'repeat', item, least: Number(least), most: end }
  }

  #atom(): Node {
    if (this.#take('^')) return { kind: 'start' }
    if (this.#take('$')) return { kind: 'end' }
    if (this.#take('.')) return { kind: 'set', set: DOT }
    if (this.#take('(')) return this.#group()
    if (this.#take('[')) return { kind: 'set', set: this.#class() }
    if (this.#take('\\b')) return { kind: 'edge' }
    if (this.#take('\\B')) return { kind: 'inside' }
    return { kind: 'set', set: this.#take('\\') ? this.#escape() : single(this.#next()) }
  }

  #group(): Node {
    const ahead = this.#match(/\?([=!])/y)
    if (ahead === undefined && this.#match(/\?<[=!]/y) !== undefined) {
      throw new PatternFault(
        `has a look-behind, which ${NOT_LINEAR}`,
        'Write it without `(?<=…)` and `(?<!…)`.',
      )
    }
    if (ahead === undefined) this.#match(/\?(?::|<[^>]*>)/y)
    if (ahead === undefined && this.#sees('?')) {
      throw new PatternFault(
        'has flags within, which are not supported',
        'Write `[Aa]` in place of `(?i:a)`.',
      )
    }
    const item = this.choice()
    this.#take(')')
    return ahead === undefined ? item : { kind: 'ahead', item, negated: ahead[1] === '!' }
  }

  #class(): CharSet {
    const negated = this.#take('^')
    const sets: CharSet[] = []
    while (!this.#take(']')) {
      const first = this.#member()
      const range = this.#sees('-') && this.text[this.#at + 1] !== ']'
      if (!range) sets.push(first)
      else sets.push(this.#range(first))
    }
    const set = union(...sets)
    return negated ? complement(set) : set
  }

  /** `a-z`; where either end is itself a class, as in `[\w-.]`, the hyphen stands for itself. */
  #range(first: CharSet): CharSet {
    this.#take('-')
    const last = this.#member()
    const from = pointOf(first)
    const to = pointOf(last)
    return from === undefined || to === undefined ? union(first, single(0x2d), last) : [[from, to]]
  }

  #member(): CharSet {
    if (this.#take('\\b')) return single(0x08)
    return this.#take('\\') ? this.#escape() : single(this.#next())
  }

  #escape(): CharSet {
    const property = this.#match(/([pP])\{([^}]*)\}/y)
    if (property !== undefined) return this.#property(property[1] === 'P', property[2] ?? '')
    const code = this.#match(/u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})/iy)
    if (code !== undefined)
      return single(this.#paired(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16)))
    const control = this.#match(/c([a-z])/iy)
    if (control !== undefined) return single((control[1]?.charCodeAt(0) ?? 0) % 32)
    if (this.#match(/0(?!\d)/y) !== undefined) return single(0)
    return this.#simple(this.#next())
  }

  #simple(point: number): CharSet {
    const letter = String.fromCodePoint(point)
    const known = CLASSES.get(letter)
    if (known !== undefined) return known
    const control = CONTROLS.get(letter)
    if (control !== undefined) return single(control)
    if (/[1-9k]/.test(letter)) {
      throw new PatternFault(
        `has a backreference, \\${letter}, which ${NOT_LINEAR}`,
        'Write it without backreferences.',
      )
    }
    if (/[a-z0]/i.test(letter)) {
      throw new PatternFault(
        `has \\${letter}, which is no escape of ECMA 262`,
        'Write an ECMA 262 regular expression.',
      )
    }
    return single(point)
  }

  #property(negated: boolean, name: string): CharSet {
    const set = propertySet(name)
    if (set === undefined) {
      throw new PatternFault(
        `has \\p{${name}}, which is no property of Unicode`,
        'Write `\\p{L}`, `\\p{Script=Greek}` or the like.',
      )
    }
    return negated ? complement(set) : set
  }

  /** `\ud83d\ude00` is one character. */
  #paired(code: number): number {
    if (code < 0xd800 || code > 0xdbff) return code
    const low = this.#match(/\\u(d[c-f][\da-f]{2})/iy)
    return low === undefined
      ? code
      : (code - 0xd800) * 0x400 + Number.parseInt(low[1] ?? '', 16) - 0xdc00 + 0x10000
  }

  #next(): number {
    const point = this.text.codePointAt(this.#at) ?? 0
    this.#at += point > 0xffff ? 2 : 1
    return point
  }

  #sees(text: string): boolean {
    return this.text.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false
    this.#at += text.length
    return true
  }

  #match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.text)
    if (found === null) return undefined
    this.#at += found[0].length
    return found
  }
}

function pointOf(set: CharSet): number | undefined {
  const [only] = set
  return set.length === 1 && only !== undefined && only[0] === only[1] ? only[0] : undefined
}
