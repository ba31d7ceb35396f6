/** One rendering of a template: its variables, its output, and what it may still spend. */
import { misconfigured } from './faults.js'
import { LONGEST_TEXT, textOfValue } from './values.js'

/** Something that writes. */
export type Emit = (run: Run) => void
/** Something that has a value. */
export type Evaluate = (run: Run) => unknown

/** What `#define` has named: written wherever it is spoken of. */
export class Block {
  constructor(readonly emit: Emit) {}
}

/** Steps that a rendering may take: half a second's worth. */
const BUDGET = 1_000_000
/** Characters that are copied or looked at in the time of a step. */
const CHARACTERS = 64

export class Run {
  out = ''
  /** `#break` has been met, and the loop not left yet; or `#stop`, and then nothing more is done. */
  halt: 'break' | 'stop' | undefined = undefined
  /** Of macros and blocks that are being written. */
  depth = 0
  #left = BUDGET

  constructor(
    /** By their place; `undefined` is what is not set. */
    readonly slots: unknown[],
  ) {}

  /** @throws Unmapped */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0)
      throw misconfigured('a mapping template takes too long: it loops too much, or makes too much text')
  }

  /** Pays for characters that are looked at. @throws Unmapped */
  pay(characters: number): void {
    this.spend(characters / CHARACTERS)
  }

  /** Pays for a text that is about to be made. @throws Unmapped */
  make(characters: number): void {
    if (characters > LONGEST_TEXT) throw misconfigured('a mapping template makes a text of more than 10 MB')
    this.pay(characters)
  }

  write(text: string): void {
    this.out += text
    if (this.out.length > LONGEST_TEXT) throw misconfigured('a mapping template gives more than 10 MB')
  }

  /** A value as text. */
  readonly print = (value: unknown): string => {
    if (typeof value === 'string') return value
    const text = textOfValue(value)
    this.pay(text.length)
    return text
  }

  /** What something writes, by itself. */
  capture(emit: Emit): string {
    const before = this.out
    this.out = ''
    emit(this)
    const written = this.out
    this.out = before
    this.make(written.length)
    return written
  }

  /** @throws Unmapped */
  enter(): void {
    this.depth += 1
    if (this.depth > DEEPEST) throw misconfigured(`macros call each other more than ${DEEPEST} levels deep`)
  }

  leave(): void {
    this.depth -= 1
  }
}

/** Velocity's bound. */
const DEEPEST = 20
