/** What may be said of an API key. No message repeats a value: it could be a key. */
import { type Duration, dateAt, instant, milliseconds } from '../../clock.js'
import { type ErrorCode, PosternError } from '../../errors.js'
import { didYouMean } from '../../suggest.js'
import { type Fields, isFields, snapshot } from '../check/snapshot.js'
import type { CodedFault } from '../faults.js'

/** What a key is made of. */
export interface KeyInput {
  /** 1 to 1,024 characters. */
  readonly name: string
  /** At most 4,096 characters. */
  readonly description?: string
  /** 20 to 128 visible ASCII characters; a random one when left out. */
  readonly value?: string
  /** Default true. */
  readonly enabled?: boolean
  /** The names of its usage plans: 10 at most, of which no two cover the same stage. */
  readonly plans?: readonly string[]
  /** ms since the epoch, a `Date`, or ISO 8601: `'2027-01-31'`, `'2027-01-31T12:00:00Z'`. `null`: never, the default. */
  readonly expiresAt?: number | Date | string | null
  /** 50 at most, of up to 128 characters each with up to 256. */
  readonly tags?: { readonly [name: string]: string }
}

/** What is to change in a key. What is left out stays as it is; `''` takes a description away. */
export type KeyPatch = Partial<Omit<KeyInput, 'value'>>

/** Input that was looked at; nothing in it is the user's own object. */
export interface KeyFields {
  readonly name?: string
  readonly description?: string
  readonly value?: string
  readonly enabled?: boolean
  readonly plans?: readonly string[]
  readonly expiresAt?: number | null
  readonly tags?: Readonly<Record<string, string>>
}

const PATCH = ['name', 'description', 'enabled', 'plans', 'expiresAt', 'tags']
const INPUT = [...PATCH, 'value']

const LONGEST_NAME = 1_024
const LONGEST_DESCRIPTION = 4_096
const MOST_PLANS = 10
const MOST_TAGS = 50
/** In 1973. Numbers below it are seconds, of this century or the next ones. */
const EARLIEST = 100_000_000_000
/** What a header field carries unchanged. */
const VALUE = /^[\x21-\x7e]{20,128}$/
/** What an exported key has in place of its value. */
export const DIGEST = /^sha256:([0-9a-f]{64})$/
export function refuse(message: string, code: ErrorCode = 'KEY_INVALID'): never {
  throw new PosternError(code, message)
}

/** @throws PosternError `KEY_INVALID` */
export function readKey(given: unknown): KeyFields & { readonly name: string } {
  const fields = readFields(given, 'an API key', INPUT)
  return { ...keyFields(given, fields), name: readName(fields.name) }
}

/** @throws PosternError `KEY_INVALID` for a key in the place of its id */
export function readId(given: unknown): string {
  return typeof given === 'string'
    ? given
    : refuse("an API key goes by its id, a string: give the key's `id`")
}

/** @throws PosternError `KEY_INVALID` */
export function readPatch(given: unknown): KeyFields {
  return keyFields(given, readFields(given, 'the change of an API key', PATCH))
}

/** @throws PosternError `KEY_INVALID` */
export function readRotation(given: unknown): { readonly value?: string; readonly grace: number } {
  const { value, grace = '24h' } = readFields(given, 'a rotation', ['grace', 'value'])
  return { ...(value !== undefined && { value: readValue(value) }), grace: readGrace(grace) }
}

/** A copy of an object of these fields. */
export function readFields(given: unknown, what: string, known: readonly string[]): Fields {
  const faults: CodedFault[] = []
  const fields = snapshot(given, faults)
  const [unreadable] = faults
  if (unreadable !== undefined) refuse(`${what}: ${unreadable.path}: ${unreadable.message}`)
  if (!isFields(fields)) refuse(`${what} is an object: { ${known.join(', ')} }`)
  const strange = Object.keys(fields).find((name) => !known.includes(name))
  if (strange === undefined) return fields
  return refuse(
    `${what} has no field \`${strange}\`. ${didYouMean(strange, known, `It has ${known.join(', ')}.`)}`,
  )
}

function keyFields(given: unknown, fields: Fields): KeyFields {
  const { name, description, value, enabled, plans, tags } = fields
  return {
    ...(name !== undefined && { name: readName(name) }),
    ...(description !== undefined && { description: readDescription(description) }),
    ...(value !== undefined && { value: readValue(value) }),
    ...(enabled !== undefined && { enabled: readEnabled(enabled) }),
    ...(plans !== undefined && { plans: readPlans(plans) }),
    // A Date is no plain data: it is read where it stands.
    ...(fields.expiresAt !== undefined && {
      expiresAt: readTime(Reflect.get(Object(given), 'expiresAt')),
    }),
    ...(tags !== undefined && { tags: readTags(tags) }),
  }
}

function readName(given: unknown): string {
  if (typeof given === 'string' && given !== '' && given.length <= LONGEST_NAME) return given
  return refuse("an API key's name is a string of 1 to 1,024 characters")
}

function readDescription(given: unknown): string {
  if (typeof given === 'string' && given.length <= LONGEST_DESCRIPTION) return given
  return refuse("an API key's description is a string of at most 4,096 characters")
}

export function readValue(given: unknown): string {
  if (typeof given !== 'string' || !VALUE.test(given)) {
    refuse("an API key's value is a string of 20 to 128 visible ASCII characters")
  }
  return DIGEST.test(given)
    ? refuse("an API key's value cannot be a digest: 'sha256:…' stands for one in CSV files")
    : given
}

function readEnabled(given: unknown): boolean {
  return typeof given === 'boolean' ? given : refuse('`enabled` is true or false')
}

function readPlans(given: unknown): readonly string[] {
  if (!Array.isArray(given) || !given.every((plan) => typeof plan === 'string')) {
    refuse('`plans` is a list of names of usage plans')
  }
  const plans = [...new Set<string>(given)]
  return plans.length > MOST_PLANS
    ? refuse('an API key is in 10 usage plans at most', 'LIMIT_REACHED')
    : plans
}

function readTime(given: unknown): number | null {
  if (given === null) return null
  const time = instant(given)
  if (typeof given === 'number' && time > 0 && time < EARLIEST) {
    const date = dateAt(time).toISOString().slice(0, 10)
    refuse(
      `\`expiresAt\` is in milliseconds since the epoch: ${given} lies in the past, on ${date}. Seconds?`,
    )
  }
  if (Number.isSafeInteger(time) && Math.abs(time) <= 8.64e15) return time
  return refuse(
    "`expiresAt` is milliseconds since the epoch, a Date, or ISO 8601: '2027-01-31' or '2027-01-31T12:00:00Z'",
  )
}

function readTags(given: unknown): Readonly<Record<string, string>> {
  if (!isFields(given)) return refuse('`tags` is an object of strings')
  const tags = Object.entries(given).map(([name, value]) => [name, readTag(name, value)] as const)
  return tags.length > MOST_TAGS
    ? refuse('an API key has 50 tags at most', 'LIMIT_REACHED')
    : Object.fromEntries(tags)
}

function readTag(name: string, value: unknown): string {
  const fits = typeof value === 'string' && name !== '' && name.length <= 128 && value.length <= 256
  return fits ? value : refuse('a tag has a name of 1 to 128 characters and a string of at most 256')
}

function readGrace(given: unknown): number {
  try {
    const grace = milliseconds(given as Duration)
    if (Number.isFinite(grace) && grace >= 0) return grace
  } catch {
    // Said below.
  }
  return refuse("`grace` is a duration of 0 or more: milliseconds, or a number with its unit such as '24h'")
}
