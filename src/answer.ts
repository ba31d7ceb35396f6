/** What goes back: an answer, or the gateway's own no before it has become one. */
import { REFUSALS, type RefusalType } from './refusal.js'
import type { ValidationFault } from './schema.js'
import { type ByteStream, isStream, Overheard, release } from './stream.js'

/** A body that is there as a whole. */
export type WholeBody = string | Uint8Array

/** What goes back. */
export class Answer<B extends WholeBody | ByteStream = WholeBody | ByteStream> {
  constructor(
    readonly status: number,
    /** Names and values in turn. */
    readonly headers: readonly string[],
    /** A stream is sent as it comes, and read once. */
    readonly body: B | '' = '',
  ) {}
}

/** An answer whose headers were checked when it was kept: they are sent as they are. */
export class KeptAnswer extends Answer<WholeBody> {}

/**
 * An answer that came over HTTP from elsewhere: its fields are such as can be sent, without those of its connection.
 * `content-length` is among them for a stream whose length was told, and where the body is not sent (HEAD, 304).
 */
export class ReceivedAnswer extends Answer {}

/**
 * An answer of your own, from a step or a handler.
 *
 * @param body text, bytes and streams as they are; anything else as JSON; nothing when left out
 *
 * @example
 * const teapot = answer(418, { error: 'short and stout' }, { 'retry-after': '60' })
 */
export function answer(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError(
      `an answer begins with its status, 200 to 599, not ${String(status)}: answer(404, 'none')`,
    )
  }
  const flat = Object.entries(headers).flat()
  if (body === undefined || body === null) return new Answer(status, flat)
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const typed = (type: string) => (named ? flat : ['content-type', type, ...flat])
  if (typeof body === 'string') return new Answer(status, typed('text/plain; charset=utf-8'), body)
  if (body instanceof Uint8Array || isStream(body))
    return new Answer(status, typed('application/octet-stream'), body)
  return new Answer(status, typed('application/json'), JSON.stringify(body))
}

/** The gateway's own no, before it has become an answer. */
export class Refusal {
  constructor(
    readonly type: RefusalType,
    /** For the operator: the record, the log; of a bad request also `$context.error.validationErrorString`. */
    readonly detail: string | undefined = undefined,
    /** Public words instead of the type's own. */
    readonly message: string | undefined = undefined,
    /** Names and values in turn. */
    readonly headers: readonly string[] = [],
    /** What the caller is told of its request's faults, beside the message; nothing where there are none. */
    readonly errors: readonly ValidationFault[] = [],
    /** Whether the headers are the gateway's own, which need no look before they are sent. */
    readonly trusted = false,
  ) {}
}

/**
 * A refusal, from a step of your own.
 *
 * @example
 * const noSundays = before('validate', () => refuse('ACCESS_DENIED', 'closed on Sundays'))
 */
export function refuse(type: RefusalType, detail?: string): Refusal {
  if (!Object.hasOwn(REFUSALS, type)) {
    throw new TypeError(
      `'${String(type)}' is no type of refusal; there are ${Object.keys(REFUSALS).join(', ')}`,
    )
  }
  return new Refusal(type, detail)
}

/** The app is answering by itself. */
export const passed: unique symbol = Symbol('postern.passed')
/** That the app is answering: what an integration returns instead of an answer. */
export type Passed = typeof passed

/** How an exchange ends in the gateway. */
export type Outcome = Answer | Refusal

/**
 * Is told of the answer that goes back while it goes: of the app's, of a handler's, never of a refusal. Set on an
 * exchange by a step that keeps or checks answers; an adapter taps nothing where there is none.
 */
export interface Tap {
  /** Set by the adapter that tells it: it is in its place, and another one is not to take it along. */
  installed?: boolean
  /**
   * The head is about to be sent.
   *
   * @param headers those that the app itself gave, names and values in turn
   * @param streamed whether the body comes in pieces and without its length told
   * @returns what is to be done about it; nothing to let it go and hear no more of it
   */
  head(status: number, headers: readonly string[], streamed: boolean): Tapped | undefined
  /** A piece of the body. @returns false to hear no more of it */
  chunk(bytes: Uint8Array): boolean
  /** Over: the answer is whole, or the connection broke, the app failed, the time was up before. */
  end(whole: boolean): void
  /** What goes out in place of the refusal that the gateway would give where the app fails or is too slow, if anything. */
  rescue?(): Answer | undefined
}

/** What a {@link Tap} wants of an answer. */
export interface Tapped {
  /** Headers to be added, in place of those of the same name: names and values in turn. */
  readonly headers?: readonly string[]
  /** Goes out instead of what the app gave, which is still heard of where `body` says so. */
  readonly instead?: Answer<WholeBody>
  /** Whether the body is to be heard. */
  readonly body: boolean
}

/** An answer that is not the app's own to send, heard by the exchange's tap; what goes out of it. */
export function heard(tap: Tap | undefined, given: Answer): Answer {
  if (tap === undefined) return given
  if (isStream(given.body)) return heardStream(tap, given, given.body)
  const tapped = tap.head(given.status, given.headers, false)
  const body = typeof given.body === 'string' ? Buffer.from(given.body) : given.body
  if (tapped?.body === true && (body.length === 0 || tap.chunk(body))) tap.end(true)
  return outOf(tapped, given)
}

function heardStream(tap: Tap, given: Answer, body: ByteStream): Answer {
  const tapped = tap.head(given.status, given.headers, true)
  if (tapped?.instead !== undefined) {
    release(body)
    tap.end(false)
    return tapped.instead
  }
  let hears = tapped?.body ?? false
  const listener = {
    chunk: (bytes: Uint8Array) => {
      if (hears) hears = tap.chunk(bytes)
    },
    end: (whole: boolean) => tap.end(whole),
  }
  return outOf(tapped, like(given, given.headers, new Overheard(body, listener)))
}

function outOf(tapped: Tapped | undefined, given: Answer): Answer {
  if (tapped?.instead !== undefined) return tapped.instead
  return tapped?.headers === undefined ? given : having(given, tapped.headers)
}

/** With headers in place of those of the same name. */
function having(given: Answer, added: readonly string[]): Answer {
  const replaced = new Set(added.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
  return like(given, [...without(given.headers, replaced), ...added], given.body)
}

/** With other headers and body, and as believable. */
function like(given: Answer, headers: readonly string[], body: Answer['body']): Answer {
  const { status } = given
  return given instanceof ReceivedAnswer
    ? new ReceivedAnswer(status, headers, body)
    : new Answer(status, headers, body)
}

/** The value of a field, several of a name joined as HTTP says. @param name lower case */
export function fieldOf(headers: readonly string[], name: string): string | undefined {
  let found: string | undefined
  for (let index = 0; index < headers.length; index += 2) {
    if (!isNamed(headers[index], name)) continue
    const value = headers[index + 1] ?? ''
    found = found === undefined ? value : `${found}, ${value}`
  }
  return found
}

function isNamed(given: string | undefined, name: string): boolean {
  return given?.length === name.length && given.toLowerCase() === name
}

/** Those whose names, in lower case, are not left out. */
export function without(headers: readonly string[], leftOut: { has(name: string): boolean }): string[] {
  return headers.filter((_, index) => !leftOut.has(headers[index - (index % 2)]?.toLowerCase() ?? ''))
}
