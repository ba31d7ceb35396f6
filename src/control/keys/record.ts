/** API keys: as they are told of, and as they are kept. */
import type { KeyRecord } from '../../definition.js'
import type { Change, Json } from '../../store/contract.js'
import type { KeyFields } from './input.js'

/** An API key, without its value: that is shown once, when it is made. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly enabled: boolean
  /** ms since the epoch, like the others. */
  readonly createdAt: number
  readonly updatedAt: number
  /** From then on it is refused. */
  readonly expiresAt: number | undefined
  /** The names of its usage plans. */
  readonly plans: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

/** An API key on the one occasion on which its value is known. */
export interface NewApiKey extends ApiKey {
  readonly value: string
}

/** A value that holds, by its digest; until when, where it has been rotated out. */
type StoredDigest = { readonly digest: string; readonly until?: number }

/** How a key is kept. A type, as interfaces are no {@link Json}. */
export type StoredKey = {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly enabled: boolean
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt?: number
  readonly plans: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  /** The newest first. */
  readonly digests: readonly StoredDigest[]
}

/** Keys by id. */
export const KEYS = 'apiKey'
/** Ids of keys by digest. Written together with the keys, so that the two never disagree. */
export const DIGESTS = 'apiKeyDigest'

/** A key as it was kept: nobody else writes under {@link KEYS}. */
export function storedKey(value: Json): StoredKey {
  return value as StoredKey
}

/** A key that says nothing yet. */
export function blankKey(id: string, digest: string, now: number): StoredKey {
  return {
    id,
    name: '',
    enabled: true,
    createdAt: now,
    updatedAt: now,
    plans: [],
    tags: {},
    digests: [{ digest }],
  }
}

/** A key after a change. Digests whose grace is over go with it. */
export function changedKey(before: StoredKey, { value: _, ...fields }: KeyFields, now: number): StoredKey {
  const { description: oldText, expiresAt: oldEnd, ...kept } = before
  const { description = oldText, expiresAt = oldEnd, ...rest } = fields
  return {
    ...kept,
    ...rest,
    ...(description && { description }),
    ...(typeof expiresAt === 'number' && { expiresAt }),
    updatedAt: now,
    digests: before.digests.filter(({ until = Number.POSITIVE_INFINITY }) => until > now),
  }
}

/** A key with another value. The one before it holds for so long (ms); an older one not at all. */
export function rotatedKey(before: StoredKey, digest: string, grace: number, now: number): StoredKey {
  const [current] = before.digests
  const outgoing = current !== undefined && grace > 0 ? [{ digest: current.digest, until: now + grace }] : []
  return { ...before, updatedAt: now, digests: [{ digest }, ...outgoing] }
}

/** What the data plane is told of a key that was found by this digest; nothing of one that has been rotated out. */
export function keyRecord(key: StoredKey, digest: string, now: number): KeyRecord | undefined {
  const held = key.digests.find((each) => each.digest === digest)
  const until = held?.until ?? Number.POSITIVE_INFINITY
  if (held === undefined || until <= now) return undefined
  const ends = Math.min(until, key.expiresAt ?? Number.POSITIVE_INFINITY)
  const { id, name, enabled, plans } = key
  return { id, name, enabled, plans, ...(Number.isFinite(ends) && { expiresAt: ends }) }
}

/** What the control plane tells of a key. */
export function apiKey({ digests: _, ...key }: StoredKey): ApiKey {
  return {
    ...key,
    description: key.description,
    expiresAt: key.expiresAt,
    plans: [...key.plans],
    tags: { ...key.tags },
  }
}

/** A key before and after. `undefined`: there was none, or there will be none. */
export interface KeyChange {
  readonly before: StoredKey | undefined
  readonly after: StoredKey | undefined
}

/** What to write so that a key is kept as `after`, and found by its digests alone. */
export function changesOf({ before, after }: KeyChange): readonly Change[] {
  const id = after?.id ?? before?.id ?? ''
  const kept = after?.digests.map(({ digest }) => digest) ?? []
  const known = before?.digests.map(({ digest }) => digest) ?? []
  const gone = known.filter((digest) => !kept.includes(digest))
  return [
    { kind: KEYS, id, value: after },
    ...gone.map((digest) => ({ kind: DIGESTS, id: digest, value: undefined })),
    ...kept
      .filter((digest) => !known.includes(digest))
      .map((digest) => ({ kind: DIGESTS, id: digest, value: id })),
  ]
}
