/** What a test's request was answered with. */
import { isUtf8 } from 'node:buffer'
import { sha256 } from '../digest.js'
import type { Answer } from '../exchange.js'
import type { ForwardedRequest } from './request.js'

/** An answer as snapshots, logs and `JSON.stringify` show it: without what is new in every run. */
export interface ShownAnswer {
  readonly status: number
  /** Sorted, without the request's id. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON parsed, text as it is, bytes by their count and digest; absent where it is empty. */
  readonly body?: unknown
}

/** What is made up for each request. */
const MADE_UP = new Set(['x-amzn-requestid', 'x-amz-apigw-id'])

const INSPECT = Symbol.for('nodejs.util.inspect.custom')
const JSON_TYPE = /^application\/(?:[^;]+\+)?json\b/i

/** What the caller got. Snapshots of it are the same in each run, as {@link ShownAnswer} says. */
export class SentAnswer {
  readonly status: number
  /** By lower-case name; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Each `Set-Cookie` by itself. */
  readonly setCookie: readonly string[]
  readonly body: Uint8Array
  /** What the app was given; `undefined` when the gateway answered by itself. */
  declare readonly forwarded: ForwardedRequest | undefined

  constructor({ status, headers }: Answer, body: Uint8Array, forwarded: ForwardedRequest | undefined) {
    const named: Record<string, string> = {}
    const setCookie: string[] = []
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]?.toLowerCase() ?? ''
      const value = headers[index + 1] ?? ''
      named[name] = named[name] === undefined ? value : `${named[name]}, ${value}`
      if (name === 'set-cookie') setCookie.push(value)
    }
    this.status = status
    this.headers = named
    this.setCookie = setCookie
    this.body = body
    // Not counted among its fields: it leads to the whole gateway, which is no part of the answer.
    Object.defineProperty(this, 'forwarded', { value: forwarded })
    Object.defineProperty(this, INSPECT, { value: () => this.toJSON() })
  }

  // Both may be taken out of it: `const { status, json } = answered`.

  /** The body as UTF-8. */
  readonly text = (): string => Buffer.from(this.body).toString()

  /**
   * The body, parsed.
   *
   * @throws TypeError where it is no JSON, with its beginning
   */
  readonly json = <T = unknown>(): T => {
    const text = this.text()
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      const type = this.headers['content-type'] ?? 'no content type'
      const begins = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text)
      throw new TypeError(`the answer is no JSON: ${this.status}, ${type}, ${begins}`, { cause })
    }
  }

  /** As snapshots show it. */
  toJSON(): ShownAnswer {
    const { status, body } = this
    const names = Object.keys(this.headers).filter((name) => !MADE_UP.has(name))
    const headers = Object.fromEntries(names.sort().map((name) => [name, this.headers[name] ?? '']))
    return body.length === 0 ? { status, headers } : { status, headers, body: this.#shownBody() }
  }

  #shownBody(): unknown {
    const { body } = this
    if (!isUtf8(body)) return `${body.length} bytes, SHA-256 ${sha256(body)}`
    const text = this.text()
    if (!JSON_TYPE.test(this.headers['content-type'] ?? '')) return text
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }
}
