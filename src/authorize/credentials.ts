/** Whose access key id is that? The user's own table, asked at every request: what is rotated or revoked there holds at once. */
import { instant } from '../clock.js'
import type { Credential, CredentialRow, CredentialSource } from '../definition.js'
import { PosternError } from '../errors.js'
import { inTime, isPromise } from '../store/bounded.js'

type Found = CredentialRow | null | undefined

/** Longer ones are none, and neither is what every object of a static table seems to have. */
const LONGEST = 128

export class Credentials {
  readonly #source: CredentialSource
  readonly #timeout: number
  readonly #report: (error: unknown) => void
  #failing = false
  /** Those who ask for one at the same time share the look-up. */
  readonly #pending = new Map<string, Promise<Credential | undefined>>()

  /**
   * @param timeout ms that a look-up may take; then, as when it fails, the request is refused
   * @param report told when look-ups begin to fail
   */
  constructor(source: CredentialSource, timeout: number, report: (error: unknown) => void) {
    this.#source = source
    this.#timeout = timeout
    this.#report = report
  }

  /** @throws PosternError `STORE_UNAVAILABLE`, or a promise rejected with it */
  find(accessKeyId: string): Credential | undefined | Promise<Credential | undefined> {
    if (accessKeyId.length > LONGEST || accessKeyId in Object.prototype) return undefined
    return this.#pending.get(accessKeyId) ?? this.#look(accessKeyId)
  }

  #look(accessKeyId: string): Credential | undefined | Promise<Credential | undefined> {
    let found: Found | Promise<Found>
    try {
      found = this.#source(accessKeyId)
    } catch (error) {
      return this.#failed(away(error))
    }
    if (!isPromise(found)) return this.#found(found, accessKeyId)
    const look = inTime(found, this.#timeout, () => tooSlow(this.#timeout)).then(
      (late) => this.#found(late, accessKeyId),
      (error: unknown) => this.#failed(away(error)),
    )
    this.#pending.set(accessKeyId, look)
    const done = () => {
      this.#pending.delete(accessKeyId)
    }
    look.then(done, done)
    return look
  }

  #found(row: Found, accessKeyId: string): Credential | undefined {
    this.#failing = false
    if (row === undefined || row === null) return undefined
    const fault = faultOf(row)
    if (fault !== undefined) throw malformed(accessKeyId, fault)
    return isCredential(row) ? row : credentialOf(row)
  }

  /** Once for each time that it begins: a table that is away would otherwise fill the log. */
  #failed(error: unknown): never {
    if (!this.#failing) this.#report(error)
    this.#failing = true
    throw error
  }
}

const NAMED = "`principal: 'arn:aws:iam::123456789012:user/alice'`"

/** Tables of the user's own say `null` for none, a date as text: what is not understood is no credential. */
function faultOf(row: CredentialRow): string | undefined {
  const { secretAccessKey, sessionToken, expiresAt, principal, policies } = row
  if (typeof secretAccessKey !== 'string' || secretAccessKey === '') return 'give `secretAccessKey`, a text'
  // From a file with a line break at its end: no signature would ever match.
  if (secretAccessKey.trim() !== secretAccessKey)
    return 'its `secretAccessKey` begins or ends with white space: trim it'
  // Without a name, limits and caches could not tell it from another one without.
  if (typeof principal !== 'string' || principal === '') return `give ${NAMED}`
  if (typeof (sessionToken ?? '') !== 'string') return 'give `sessionToken` as a text, or leave it out'
  if (Number.isNaN(instant(expiresAt ?? 0)))
    return "give `expiresAt` in ms since the epoch, as a Date, or in ISO 8601: '2027-01-31T12:00:00Z'"
  if (Array.isArray(policies ?? [])) return undefined
  return 'give `policies` as a list of policy documents: [{ Version, Statement }]'
}

function isCredential(row: CredentialRow): row is Credential {
  return row.expiresAt === undefined || typeof row.expiresAt === 'number'
}

/** Field by field: rows may be objects of a class, with fields that no copy has. */
function credentialOf(row: CredentialRow): Credential {
  const { secretAccessKey, principal, sessionToken, policies, tags } = row
  return {
    ...{ secretAccessKey, principal, expiresAt: instant(row.expiresAt ?? Number.POSITIVE_INFINITY) },
    ...(sessionToken && { sessionToken }),
    ...(policies && { policies }),
    ...(tags && { tags }),
  }
}

function malformed(accessKeyId: string, fault: string): TypeError {
  return new TypeError(
    `\`credentials\` gave a row that is no credential (access key id ${accessKeyId}): ${fault}`,
  )
}

function tooSlow(timeout: number): PosternError {
  return new PosternError(
    'STORE_UNAVAILABLE',
    `\`credentials\` gave no answer within ${timeout} ms (\`storeTimeout\`)`,
  )
}

function away(cause: unknown): PosternError {
  if (cause instanceof PosternError && cause.code === 'STORE_UNAVAILABLE') return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new PosternError('STORE_UNAVAILABLE', `\`credentials\` failed: ${reason}`, { cause })
}
