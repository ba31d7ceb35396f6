/**
 * One altered byte of what is signed is refused, unless the canonical request stays the same. Whether it does is asked
 * of another signer: signed anew as it arrives, the request must have the signature that it has.
 */
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { describe, expect, it } from 'vitest'
import { fc } from '../laws.js'
import { ask, CALLER, CREDENTIAL, NOW, type RawRequest, sign, signedGateway } from './signing.js'

const TOKEN = 'FwoGZXIvYXdzEXAMPLE'
const BODY = '{"name":"Rex"}'
const gateway = signedGateway({
  credentials: (id) => (id === CALLER.accessKeyId ? { ...CREDENTIAL, sessionToken: TOKEN } : undefined),
})

const smithy = new SignatureV4({
  service: 'execute-api',
  region: 'us-east-1',
  credentials: { ...CALLER, sessionToken: TOKEN },
  sha256: Sha256,
  applyChecksum: false,
})

/** The signature that the request would have, were it signed as it is. */
async function signedAnew(request: RawRequest): Promise<string | undefined> {
  const [path = '', query = ''] = request.target.split(/\?(.*)/s)
  const authorization = request.header('authorization')
  const lists = /SignedHeaders=([^,&]*)/.exec(authorization ?? query)?.[1] ?? ''
  const names = decodeURIComponent(lists).split(';')
  const headers = names.map((name) => [name, request.header(name) ?? 'absent'] as const)
  const parts = {
    method: request.method,
    protocol: 'http:',
    hostname: 'x',
    path,
    query: parametersOf(query),
    headers: Object.fromEntries(headers),
    ...(request.content.length > 0 ? { body: request.content } : {}),
  }
  const options = { signingDate: new Date(NOW), signableHeaders: new Set(names) }
  if (authorization !== undefined) {
    const { headers } = await smithy.sign(parts, options)
    return /Signature=(.*)/.exec(headers.authorization ?? '')?.[1]
  }
  const expiresIn = Number(new URLSearchParams(query).get('X-Amz-Expires'))
  const presigned = await smithy.presign(parts, { ...options, expiresIn })
  return String(presigned.query?.['X-Amz-Signature'])
}

function parametersOf(query: string): Record<string, string[]> {
  const all: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    all[name] ??= []
    all[name].push(value)
  }
  return all
}

const headers = { 'X-Pet': 'Rex the  dog', 'Content-Type': 'application/json' }
const target = '/pets/a%20b%2Fc/7?name=Rex%20%2B&b=2&b=1&empty='
const REQUESTS = {
  'a GET': sign({ target, headers, sessionToken: TOKEN }),
  'a POST': sign({ method: 'POST', target, headers, sessionToken: TOKEN, body: BODY }),
  'a presigned GET': sign({
    target: `${target}&X-Amz-Expires=300`,
    presigned: true,
    sessionToken: TOKEN,
  }),
}

/** A text with one byte changed, added or dropped. */
function mutated(text: string): fc.Arbitrary<string> {
  const byte = fc.oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.constantFrom(...Buffer.from(' %&=+;,/?.AaFf09-_~\t')),
    fc.integer({ min: 0, max: 0xff }),
  )
  return fc
    .tuple(fc.nat(text.length), fc.constantFrom('change', 'add', 'drop'), byte)
    .map(([at, how, code]) => {
      const rest = text.slice(how === 'add' ? at : at + 1)
      return text.slice(0, at) + (how === 'drop' ? '' : String.fromCharCode(code)) + rest
    })
    .filter((other) => other !== text)
}

/** The request with one byte of what is signed altered, and what was altered. */
function alteration(request: RawRequest): fc.Arbitrary<RawRequest> {
  const target = mutated(request.target).map((target) => request.with({ target }))
  const method = mutated(request.method).map((method) => request.with({ method }))
  const content = mutated(String(request.content)).map((content) => request.with({ content }))
  const fields = request.headers
    .filter(([name]) => name !== 'Content-Length')
    .flatMap(([name, value], at) => [
      mutated(value).map((value) => request.with({ headers: request.headers.with(at, [name, value]) })),
      mutated(name).map((name) => request.with({ headers: request.headers.with(at, [name, value]) })),
    ])
  return fc.oneof(
    { arbitrary: target, weight: 4 },
    method,
    ...(request.content === '' ? [] : [content]),
    ...fields,
  )
}

/** The signature that a request gives, and all else that its `Authorization` says; spaces aside. */
function claimed(request: RawRequest): string {
  const given = request.header('authorization')
  if (given === undefined)
    return new URLSearchParams(request.target.split('?')[1]).get('X-Amz-Signature') ?? ''
  return /Signature=(.*)/.exec(given)?.[1] ?? ''
}

describe.each(Object.entries(REQUESTS))('one byte altered of %s', (_, request) => {
  it('is refused, unless the canonical request stays the same', async () => {
    expect(await ask(gateway, request)).toMatchObject({ status: 200 })
    expect(await signedAnew(request)).toBe(claimed(request))
    await fc.assert(
      fc.asyncProperty(alteration(request), async (altered) => {
        const { status } = await ask(gateway, altered)
        if (status === 200) expect(await signedAnew(altered)).toBe(claimed(altered))
        else expect(status).toBeGreaterThanOrEqual(400)
      }),
      { numRuns: 400 },
    )
  })

  it('of its signature, scope or list of headers is refused', async () => {
    const inHeader = request.header('authorization') !== undefined
    const [from, text] = inHeader
      ? ['authorization', request.header('authorization') ?? '']
      : ['target', request.target.slice(request.target.indexOf('X-Amz-'))]
    for (let at = 0; at < text.length; at++) {
      for (const char of ['0', 'x', ';', '/']) {
        const other = text.slice(0, at) + char + text.slice(at + 1)
        if (other === text) continue
        const altered = inHeader
          ? request.altered(from, () => other)
          : request.with({ target: request.target.replace(text, other) })
        const { status } = await ask(gateway, altered)
        expect({ other, status }).toEqual({ other, status: spaces(other, text) ? 200 : 403 })
      }
    }
  })
})

/** Whether two headers differ in nothing but the spaces between their parts. */
function spaces(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => text.replace(/ *, */g, ','))
  return left === right
}
