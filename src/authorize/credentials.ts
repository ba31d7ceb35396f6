/** Whose access key id is that? The user's own table, asked at every request: what is rotated or revoked there holds at once. */
import type { Credential, CredentialSource } from '../definition.js'
import { bounded, isPromise } from '../store/bounded.js'

type Found = Credential | null | undefined

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
      found = bounded('credentials', this.#timeout, () => this.#source(accessKeyId))
    } catch (error) {
      return this.#failed(error)
    }
    if (!isPromise(found)) return this.#found(found, accessKeyId)
    const look = found.then(
      (late) => this.#found(late, accessKeyId),
      (error: unknown) => this.#failed(error),
    )
    this.#pending.set(accessKeyId, look)
    const done = () => {
      this.#pending.delete(accessKeyId)
    }
    look.then(done, done)
    return look
  }

  #found(credential: Found, accessKeyId: string): Credential | undefined {
    this.#failing = false
    if (credential === undefined || credential === null) return undefined
    if (!isCredential(credential)) throw malformed(accessKeyId)
    return credential
  }

  /** Once for each time that it begins: a table that is away would otherwise fill the log. */
  #failed(error: unknown): never {
    if (!this.#failing) this.#report(error)
    this.#failing = true
    throw error
  }
}

/** Tables of the user's own say `null` for none, a date as text: what is not understood is no credential. */
function isCredential({ secretAccessKey, sessionToken, expiresAt, principal }: Credential): boolean {
  if (typeof secretAccessKey !== 'string' || secretAccessKey === '') return false
  // Without a name, limits and caches could not tell it from another one without.
  if (typeof principal !== 'string' || principal === '' || typeof (sessionToken ?? '') !== 'string')
    return false
  return typeof (expiresAt ?? 0) === 'number' && !Number.isNaN(expiresAt)
}

function malformed(accessKeyId: string): TypeError {
  return new TypeError(
    `\`credentials\` gave a row that is no credential (access key id ${accessKeyId}): ` +
      "give { secretAccessKey, principal: 'arn:aws:iam::123456789012:user/alice' }",
  )
}
