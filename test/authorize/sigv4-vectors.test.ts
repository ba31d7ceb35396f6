/** The published test suite of Signature Version 4, where it lies beside this checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Signer, SigV4Verifier } from '../../src/authorize/sigv4.js'
import { Exchange, Refusal } from '../../src/exchange.js'
import { memoryStore } from '../../src/store/memory.js'
import { ALICE, CALLER, RawRequest } from './signing.js'

const VECTORS = join(import.meta.dirname, '../../../shared/data/sigv4')
const SIGNED_AT = Date.UTC(2015, 7, 30, 12, 36)

/** Names of the vectors, by their folders: `normalize-path/get-slash`. */
const vectors = existsSync(VECTORS)
  ? readdirSync(VECTORS, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.sreq'))
      .map((path) => dirname(path))
      .sort()
  : []

/** The token is added after signing, which is for services that take it unsigned. Ours is to be signed. */
const UNSIGNED_TOKEN = 'post-sts-token/post-sts-header-after'
const NORMALIZED = vectors.filter((name) => /normalize-path\/get-(relative|slash)/.test(name))

function read(name: string, kind: 'sreq' | 'creq' | 'sts' | 'authz'): string {
  return readFileSync(join(VECTORS, name, `${basename(name)}.${kind}`), 'utf8').replace(/\r?\n$/, '')
}

/**
 * The signed request as it would arrive; a header's continuation lines are part of its value. Its `Authorization` is
 * that of `.authz`: in `get-vanilla-with-session-token` the one of `.sreq` is of something else.
 */
function arrived(name: string): RawRequest {
  const [head = '', ...body] = read(name, 'sreq').split(/\n\n/)
  const [line = '', ...fields] = head.split(/\r?\n(?![ \t])/)
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(line) ?? []
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon), field.slice(colon + 1).replace(/^ /, '')]
  })
  const signed = headers.map(([header, value]): [string, string] => [
    header,
    header === 'Authorization' ? read(name, 'authz') : value,
  ])
  const content = body.join('\n\n')
  const length: [string, string][] = content === '' ? [] : [['Content-Length', String(content.length)]]
  return new RawRequest(method, target, [...signed, ...length], content)
}

async function verify(
  request: RawRequest,
  normalizePath: boolean | undefined,
  secretAccessKey = CALLER.secretAccessKey,
): Promise<Signer | Refusal> {
  const sessionToken = request.header('x-amz-security-token')
  const token = sessionToken === undefined ? {} : { sessionToken }
  const verifier = new SigV4Verifier({
    credentials: () => ({ secretAccessKey, principal: ALICE, ...token }),
    api: 'api',
    region: 'us-east-1',
    service: 'service',
    timeout: 250,
    bodyLimit: 1_000_000,
    counters: memoryStore().counters,
    clock: { now: () => SIGNED_AT },
  })
  return verifier.verify(new Exchange({}, request, 'id', SIGNED_AT), { once: false, normalizePath })
}

function words(outcome: Signer | Refusal): string {
  return outcome instanceof Refusal ? (outcome.message ?? outcome.type) : 'verified'
}

/**
 * Those of `normalize-path` never reach a gateway's verifier: paths with empty and dot segments, spaces and other
 * characters that no URI may hold are refused before. What is signed of them holds all the same.
 */
describe.skipIf(vectors.length === 0)('the published vectors', () => {
  const applicable = vectors.filter((name) => name !== UNSIGNED_TOKEN)

  it.each(applicable)('%s verifies', async (name) => {
    expect(words(await verify(arrived(name), undefined))).toBe('verified')
  })

  it.each(applicable)('%s is refused when it is signed with another secret', async (name) => {
    const refused = words(await verify(arrived(name), true, 'another'))
    expect(refused).toContain(`should have been\n'${read(name, 'creq')}'\n`)
    expect(refused).toContain(`should have been\n'${read(name, 'sts')}'\n`)
  })

  it.each(NORMALIZED)('%s verifies where callers normalise, and not where they do not', async (name) => {
    expect(words(await verify(arrived(name), true))).toBe('verified')
    expect(words(await verify(arrived(name), false))).toContain('does not match')
  })

  it(`${UNSIGNED_TOKEN} is refused: a token must be signed`, async () => {
    expect(words(await verify(arrived(UNSIGNED_TOKEN), undefined))).toContain(
      "'x-amz-security-token' must be",
    )
  })
})
