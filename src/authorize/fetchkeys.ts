/** Fetches key sets: from this very address, in bounded time and size, and over TLS save on this machine. */
import { inTime } from '../store/bounded.js'

/** ms for each of the two documents. */
const TIMEOUT = 5_000
/** Bytes. Real sets have some thousand. */
const LARGEST = 512 * 1024
const MOST_KEYS = 100

/**
 * The address of an issuer's keys, as its own metadata has it.
 *
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 */
export async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = await fetchJson(url)
  const named = field(metadata, 'issuer')
  // Section 4.3: must be the very same, or it may be another issuer's document.
  if (named !== issuer) throw new Error(`${url} is the metadata of another issuer: '${String(named)}'`)
  const keys = field(metadata, 'jwks_uri')
  if (typeof keys !== 'string' || !isSafeUrl(keys)) {
    throw new Error(`${url} names no key set at an https address: '${String(keys)}'`)
  }
  return keys
}

/** A key set, as JSON. That its keys are sound is found when they are used. */
export async function fetchKeys(url: string): Promise<{ readonly keys: readonly object[] }> {
  const set = await fetchJson(url)
  const keys = field(set, 'keys')
  if (!Array.isArray(keys) || keys.length > MOST_KEYS || !keys.every(isObject)) {
    throw new Error(`${url} holds no key set: { "keys": [ … ] } with ${MOST_KEYS} keys at most`)
  }
  return { keys }
}

/** Whether what comes from there can be believed: https, or this very machine. */
export function isSafeUrl(text: string): boolean {
  const url = parsed(text)
  if (url === undefined || url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const aborter = new AbortController()
  try {
    return await inTime(
      readJson(url, aborter.signal),
      TIMEOUT,
      () => new Error(`no answer within ${TIMEOUT} ms`),
    )
  } catch (cause) {
    throw new Error(`${url} cannot be fetched: ${reasonOf(cause)}`, { cause })
  } finally {
    aborter.abort()
  }
}

/** `fetch` says "fetch failed", and why in its cause alone: `connect ECONNREFUSED 127.0.0.1:8080`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause, message } = error
  if (!(cause instanceof Error)) return message
  // Of several addresses that were tried, Node gives the code alone.
  const code: unknown = 'code' in cause ? cause.code : undefined
  return `${message}: ${cause.message || String(code ?? cause.name)}`
}

async function readJson(url: string, signal: AbortSignal): Promise<unknown> {
  const headers = { accept: 'application/json, application/jwk-set+json' }
  const response = await fetch(url, { headers, redirect: 'error', signal })
  if (response.status !== 200 || response.body === null)
    throw new Error(`it answers with status ${response.status}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > LARGEST) throw new Error(`it is larger than ${LARGEST} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
