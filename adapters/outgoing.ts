/**
 * The gateway's headers on an answer that the app gives. Before version 26 Node keeps what is set in an object that V8
 * takes for a dictionary: to set a header, to look for one and to send them are searches by hash then, 4 us of a request.
 * In an object with a hidden class, as Node 26 has it, they are next to nothing.
 */
import { OutgoingMessage } from 'node:http'

/** The headers of a response, by their names in lower case: how each is spelt, and its value. */
type Held = Record<string, [name: string, value: unknown]>

/** A response, as it has them by a symbol of Node's; `null` while there are none. */
type Holder = OutgoingMessage & { [key: symbol]: Held | null | undefined }

/** Given its prototype when it is first needed: nothing in that is to look like a header, `constructor` neither. */
const Fields = function Fields() {} as unknown as { new (): Held; prototype: object }

/**
 * Puts those that nearly all answers have where Node looks for them.
 *
 * @param headers names and values in turn
 * @returns how many texts of the list that were; the rest are to be set
 */
export function place(res: OutgoingMessage, headers: readonly string[]): number {
  slot ??= findSlot()
  if (slot === false || headers[0] !== 'x-amzn-RequestId') return 0
  // Whoever has put something in its place is to hear of them.
  if (res.setHeader !== slot.setHeader) return 0
  const holder = res as Holder
  const held = holder[slot.key]
  // HTTP/2 keeps them elsewhere, and doubles in tests do as they like.
  if (held === undefined) return 0
  const fields = held === null ? new Fields() : likewise(held)
  holder[slot.key] = fields
  fields['x-amzn-requestid'] = ['x-amzn-RequestId', headers[1]]
  if (headers[2] !== 'RateLimit-Policy' || headers[4] !== 'RateLimit') return 2
  fields['ratelimit-policy'] = ['RateLimit-Policy', headers[3]]
  fields.ratelimit = ['RateLimit', headers[5]]
  return 6
}

/** With what others have set: `X-Powered-By`, or an outer gate's. */
function likewise(held: Held): Held {
  return held instanceof Fields ? held : Object.assign(new Fields(), held)
}

interface Slot {
  readonly key: symbol
  /** Node's own. */
  readonly setHeader: OutgoingMessage['setHeader']
}

/** `false` where Node keeps headers in another way than is known here: each is set by itself then. */
let slot: Slot | false | undefined

/** Found by what Node does with a message of ours, not by its version. */
function findSlot(): Slot | false {
  Fields.prototype = Object.freeze(Object.create(null))
  const message = new OutgoingMessage()
  const holder = message as Holder
  const key = Object.getOwnPropertySymbols(message).find(({ description }) => description === 'kOutHeaders')
  if (key === undefined || holder[key] !== null) return false
  message.setHeader('X-One', '1')
  const held: unknown = holder[key]
  const isKnown = JSON.stringify(held) === '{"x-one":["X-One","1"]}' && Object.getPrototypeOf(held) === null
  return isKnown && { key, setHeader: OutgoingMessage.prototype.setHeader }
}
