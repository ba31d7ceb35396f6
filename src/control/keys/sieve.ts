/** Tells guesses from keys without hashing them. */
import { nodeCrypto } from '../../crypto.js'

/** Odd, with its bits in no order: each character changes all of the higher ones. */
const SPREAD = 0x9e3779b1

/** A `Set` of V8 holds twice as many. */
const MOST = 2 ** 23

/**
 * What is left of each value is a mark of 32 bits, so that a guess is known for one by its own: a digest costs ten times
 * as much. All who guess the same mark as a key has, one in billions, are told apart by the digest. Marks begin with a
 * secret of this process, stay in its memory, and say nothing of a value that its digest would not.
 */
export class Sieve {
  readonly #marks = new Set<number>()
  readonly #most: number
  #secret: number | undefined
  #isOpen = false

  /** @param most marks at most: with more, nothing is kept back */
  constructor(most = MOST) {
    this.#most = most
  }

  /** Of every value, before a key can be found by it. That of a key which is gone stays: it costs a digest, no more. */
  add(value: string): void {
    if (this.#isOpen) return
    this.#marks.add(this.#markOf(value))
    if (this.#marks.size > this.#most) this.open()
  }

  /** There is a key of which only the digest is known: from now on nothing is kept back. */
  open(): void {
    this.#isOpen = true
    this.#marks.clear()
  }

  /** Whether a key may have this value; where not, none has. */
  passes(value: string): boolean {
    return this.#isOpen || this.#marks.has(this.#markOf(value))
  }

  #markOf(value: string): number {
    this.#secret ??= nodeCrypto().randomBytes(4).readInt32LE()
    let mark = this.#secret
    for (let index = 0; index < value.length; index++) {
      mark = Math.imul(mark ^ value.charCodeAt(index), SPREAD)
    }
    return mark
  }
}
