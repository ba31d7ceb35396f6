/** Several listeners to one answer. */
import type { Answer, Tap, Tapped } from './answer.js'
import type { Exchange } from './exchange.js'

/** Has the exchange's answer heard, beside whoever hears it already. */
export function addTap(exchange: Exchange, tap: Tap): void {
  // An outer gate's tap is in its place already, and hears what this one lets out.
  const before = exchange.tap?.installed === true ? undefined : exchange.tap
  exchange.tap = before === undefined ? tap : new Both(before, tap)
}

class Both implements Tap {
  #first = false
  #second = false

  constructor(
    private readonly first: Tap,
    private readonly second: Tap,
  ) {}

  head(status: number, headers: readonly string[], streamed: boolean): Tapped | undefined {
    const one = this.first.head(status, headers, streamed)
    const two = this.second.head(status, headers, streamed)
    this.#first = one?.body ?? false
    this.#second = two?.body ?? false
    if (one === undefined || two === undefined) return one ?? two
    const instead = two.instead ?? one.instead
    const merged = {
      headers: [...(one.headers ?? []), ...(two.headers ?? [])],
      body: this.#first || this.#second,
    }
    return instead === undefined ? merged : { ...merged, instead }
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#first) this.#first = this.first.chunk(bytes)
    if (this.#second) this.#second = this.second.chunk(bytes)
    return this.#first || this.#second
  }

  end(whole: boolean): void {
    this.first.end(whole)
    this.second.end(whole)
  }

  rescue(): Answer | undefined {
    return this.second.rescue?.() ?? this.first.rescue?.()
  }
}
