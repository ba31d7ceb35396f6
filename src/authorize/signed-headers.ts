/** The headers of a signed request: read once, those that are signed in their canonical form. */
import { Refusal } from '../exchange.js'
import { refused, repeated } from './refused.js'

/** The list of a signature. */
export interface SignedHeaders {
  /** `host;x-amz-date` */
  readonly text: string
  /** Lower case, ascending. */
  readonly names: readonly string[]
  /** What stands before their values: `\nhost:`. */
  readonly leads: readonly string[]
  /** The lengths of names that are worth a look, a bit for each. */
  readonly lengths: number
  /** Where the fields stood that were read last. */
  layout?: Layout
}

/** Callers send the same fields in the same order, spelled alike: of the next request they need not be looked for. */
interface Layout {
  /** Of all fields, as received. */
  readonly spellings: readonly string[]
  /** Where the value of each signed field stands, and of each that is noted; -1 where there is none. */
  readonly signed: readonly number[]
  readonly noted: readonly number[]
}

/** Fields at most that a layout is kept of: anybody may send others. */
const MOST_FIELDS = 32

/** What is read of the headers beside those that are signed. The first ones may stand there but once. */
const NOTED = [
  'host',
  'authorization',
  'date',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
] as const
const NOTED_NAMES: readonly string[] = NOTED
const SINGLE = 6
const NOTED_LENGTHS = lengthsOf(NOTED)

function lengthsOf(names: readonly string[]): number {
  return names.reduce((bits, { length }) => bits | bit(length), 0)
}

function bit(length: number): number {
  return 1 << Math.min(length, 31)
}

export function parseSignedHeaders(text: string): SignedHeaders | Refusal {
  const names = text.split(';')
  if (!names.every((name, at) => TOKEN.test(name) && (at === 0 || (names[at - 1] ?? '') < name)))
    return refused("'SignedHeaders' must be lower-case names of headers, sorted, each of them once.")
  if (!names.includes('host'))
    return refused("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  return { text, names, leads: names.map((name) => `\n${name}:`), lengths: NOTED_LENGTHS | lengthsOf(names) }
}

/** A field's name (RFC 9110, 5.1), in lower case. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/** What is known of the headers of a signed request: as received, but for those that are signed. */
export class SentHeaders {
  readonly date: string | undefined
  readonly amzDate: string | undefined
  readonly token: string | undefined
  readonly payload: string | undefined

  constructor(
    /** `\nhost:example.com\nx-amz-date:20150830T123600Z` */
    readonly canonical: string,
    noted: readonly (string | undefined)[],
  ) {
    const [, , date, amzDate, token, payload] = noted
    this.date = date
    this.amzDate = amzDate
    this.token = token
    this.payload = payload
  }
}

/**
 * All that Amazon calls its own must be signed, whether it has a meaning here or not.
 *
 * @param raw names and values in turn, as received: what Node makes of them drops some of those that come twice
 */
export function readHeaders(raw: readonly string[], headers: SignedHeaders): SentHeaders | Refusal {
  const { layout } = headers
  if (layout !== undefined && isLaidOut(raw, layout)) return readAt(raw, headers, layout)
  const found = find(raw, headers)
  return found instanceof Refusal ? found : read(headers, found)
}

/** What was found of a request's fields. */
interface Found {
  /** Of the signed ones, in their order. */
  readonly values: readonly (string | undefined)[]
  readonly noted: readonly (string | undefined)[]
  readonly tidy: boolean
}

function find(raw: readonly string[], headers: SignedHeaders): Found | Refusal {
  const { names, lengths } = headers
  const values = new Array<string | undefined>(names.length)
  const noted = new Array<string | undefined>(NOTED.length)
  const places = { signed: names.map(() => -1), noted: NOTED.map(() => -1) }
  let tidy = true
  let once = true
  for (let at = 0; at < raw.length; at += 2) {
    const given = raw[at] ?? ''
    if ((lengths & bit(given.length)) === 0 && !isAmazons(given)) continue
    const name = given.toLowerCase()
    const value = raw[at + 1] ?? ''
    const index = names.indexOf(name)
    if (index >= 0) {
      once &&= values[index] === undefined
      values[index] = appended(values[index], value)
      places.signed[index] = at + 1
      tidy &&= !isSpaced(value)
    } else if (isAmazons(name) && name !== ADDED_ON_THE_WAY) return unsigned(name)
    const place = (NOTED_LENGTHS & bit(name.length)) === 0 ? -1 : NOTED_NAMES.indexOf(name)
    if (place < 0) continue
    if (place < SINGLE && noted[place] !== undefined) return repeated(name)
    once &&= noted[place] === undefined
    noted[place] = value
    places.noted[place] = at + 1
  }
  // What was never set is `undefined` here, but would not be to `indexOf`.
  if (values.includes(undefined)) return absent(names, values)
  if (once && raw.length <= 2 * MOST_FIELDS) {
    headers.layout = { spellings: raw.filter((_, at) => at % 2 === 0), ...places }
  }
  return { values, noted, tidy }
}

function isLaidOut(raw: readonly string[], { spellings }: Layout): boolean {
  if (raw.length !== 2 * spellings.length) return false
  for (let index = 0; index < spellings.length; index++) {
    if (raw[2 * index] !== spellings[index]) return false
  }
  return true
}

function readAt(raw: readonly string[], headers: SignedHeaders, { signed, noted }: Layout): SentHeaders {
  const values = new Array<string>(signed.length)
  let tidy = true
  for (let index = 0; index < signed.length; index++) {
    const value = raw[signed[index] ?? 0] ?? ''
    values[index] = value
    tidy &&= !isSpaced(value)
  }
  const found = new Array<string | undefined>(noted.length)
  for (let index = 0; index < noted.length; index++) found[index] = raw[noted[index] ?? -1]
  return read(headers, { values, noted: found, tidy })
}

function read({ leads }: SignedHeaders, { values, noted, tidy }: Found): SentHeaders {
  const text = joined(leads, values)
  const isTidy = tidy && !text.includes('  ') && !text.includes('\t')
  return new SentHeaders(isTidy ? text : joined(leads, values.map(trimmed)), noted)
}

/** What CloudFront adds on the way. */
const ADDED_ON_THE_WAY = 'x-amz-cf-id'

/** Whether a name begins with `x-amz-`. */
function isAmazons(name: string): boolean {
  if (name.charCodeAt(1) !== 0x2d || name.charCodeAt(5) !== 0x2d) return false
  return name.slice(0, 6).toLowerCase() === 'x-amz-'
}

function unsigned(name: string): Refusal {
  return refused(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
}

function absent(names: readonly string[], values: readonly (string | undefined)[]): Refusal {
  return refused(`Signed header '${names.find((_, at) => values[at] === undefined)}' is not in the request.`)
}

function appended(before: string | undefined, value: string): string {
  return before === undefined ? value : `${trimmed(before)},${trimmed(value)}`
}

function joined(leads: readonly string[], values: readonly (string | undefined)[]): string {
  let text = ''
  for (let index = 0; index < leads.length; index++) {
    text += leads[index]
    text += values[index]
  }
  return text
}

/** Whether a space stands before it or behind. What is within is looked for in all values at once: it is almost never there. */
function isSpaced(value: string): boolean {
  return value.charCodeAt(0) === SPACE || value.charCodeAt(value.length - 1) === SPACE
}

const SPACE = 0x20

/** Without white space around it, and a single space for any within. */
function trimmed(value = ''): string {
  return value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}
