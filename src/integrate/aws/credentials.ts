/** Whose credentials sign what is sent to AWS, and how long they are kept. */
import type { Clock } from '../../clock.js'
import type { AwsCredentialProvider, AwsCredentials } from '../../integration.js'

/** So long before they expire they are asked for anew, as the AWS SDK does it, ms. */
const AHEAD = 300_000
/** And so long are those believed that do not say when. */
const KEPT = 300_000
/** Where they are given out that late, they are not asked for more often than this. */
const PAUSE = 10_000

interface Held {
  readonly credentials: AwsCredentials
  /** Clock, ms: when they are asked for again. */
  readonly until: number
  /** Clock, ms: when they do not hold any more. */
  readonly expires: number
}

/** Credentials of one provider. All who need them meanwhile wait for one and the same answer. */
export class HeldCredentials {
  readonly #provider: AwsCredentialProvider
  readonly #clock: Clock
  #held: Held | undefined
  #pending: Promise<AwsCredentials> | undefined

  constructor(provider: AwsCredentialProvider, clock: Clock) {
    this.#provider = provider
    this.#clock = clock
  }

  /** @param report told where new ones cannot be had and those that are there still hold */
  get(report: (error: unknown) => void): AwsCredentials | Promise<AwsCredentials> {
    const now = this.#clock.now()
    const held = this.#held
    if (held !== undefined && now < held.until) return held.credentials
    const isOwn = this.#pending === undefined
    this.#pending ??= this.#ask()
    if (held === undefined || now >= held.expires) return this.#pending
    if (isOwn) this.#pending.catch(report)
    return held.credentials
  }

  async #ask(): Promise<AwsCredentials> {
    try {
      const credentials = checked(await this.#provider())
      const now = this.#clock.now()
      const expires = timeOf(credentials.expiration) ?? now + KEPT + AHEAD
      this.#held = { credentials, expires, until: Math.max(expires - AHEAD, Math.min(now + PAUSE, expires)) }
      return credentials
    } finally {
      this.#pending = undefined
    }
  }
}

function timeOf(expiration: AwsCredentials['expiration']): number | undefined {
  if (expiration === undefined) return undefined
  return typeof expiration === 'number' ? expiration : expiration.getTime()
}

function checked(credentials: AwsCredentials): AwsCredentials {
  const { accessKeyId, secretAccessKey } = credentials ?? {}
  if (isText(accessKeyId) && isText(secretAccessKey)) return credentials
  throw new TypeError(
    'a provider of credentials gives { accessKeyId, secretAccessKey, sessionToken?, expiration? }',
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

const known = new WeakMap<AwsCredentialProvider, WeakMap<Clock, HeldCredentials>>()

/** The same for all integrations that name the same provider. */
export function heldBy(provider: AwsCredentialProvider, clock: Clock): HeldCredentials {
  const byClock = known.get(provider) ?? new WeakMap<Clock, HeldCredentials>()
  known.set(provider, byClock)
  const held = byClock.get(clock) ?? new HeldCredentials(provider, clock)
  byClock.set(clock, held)
  return held
}

const defaults = new Map<string, AwsCredentialProvider>()

/**
 * Where none are given: those of the environment, or else what the AWS SDK finds.
 *
 * @param region where it asks for those of a web identity
 */
export function defaultProvider(region: string): AwsCredentialProvider {
  const provider = defaults.get(region) ?? (() => ofEnvironment() ?? ofChain(region))
  defaults.set(region, provider)
  return provider
}

/** A profile that is named goes before them, as in the AWS SDK, where that is there to look for it. */
function ofEnvironment(besideProfile = false): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE } = process.env
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || (AWS_PROFILE && !besideProfile)) return undefined
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  }
}

const chains = new Map<string, AwsCredentialProvider>()

async function ofChain(region: string): Promise<AwsCredentials> {
  const known = chains.get(region)
  if (known !== undefined) return known()
  const sdk = await import(/* webpackIgnore: true */ '@aws-sdk/credential-providers').catch(
    (error: unknown) => ({ error }),
  )
  if ('error' in sdk) return ofEnvironment(true) ?? Promise.reject(missing(sdk.error))
  const chain = chainOf(sdk.fromNodeProviderChain({ clientConfig: { region } }))
  chains.set(region, chain)
  return chain()
}

const WAYS = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give `credentials`'

function missing(cause: unknown): Error {
  const words = `there are no credentials for AWS: ${WAYS}, or install @aws-sdk/credential-providers, which finds those of profiles, web identities, containers and instances`
  return new Error(words, { cause })
}

function chainOf(provider: () => Promise<AwsCredentials>): AwsCredentialProvider {
  return () =>
    provider().catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`there are no credentials for AWS (${reason}): ${WAYS}`, { cause })
    })
}
