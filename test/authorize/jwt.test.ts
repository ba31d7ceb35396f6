import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createGateway, type DefinitionError, type JwtOptions, route } from 'postern'
import { toExpress } from 'postern/express'
import { send, testClock } from 'postern/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  AUDIENCE,
  forgedByPublicKey,
  type Issuer,
  issuerOf,
  START,
  type TestKey,
  testKey,
  token,
  unsigned,
} from './tokens.js'

const ISSUER = 'https://issuer.example'
const key = testKey('one')
const rsa = testKey('two', 'RS256')
const jwks = { keys: [key.jwk, rsa.jwk] }

const issuers: Issuer[] = []
afterEach(async () => {
  for (const issuer of issuers.splice(0)) await issuer.close()
})

async function started(...keys: readonly TestKey[]): Promise<Issuer> {
  const issuer = await issuerOf(...keys)
  issuers.push(issuer)
  return issuer
}

function gatewayOf(options: Partial<JwtOptions> = {}, runtime: object = {}) {
  return createGateway({
    clock: testClock(START),
    onError: () => {},
    ...runtime,
    authorizers: { staff: { jwt: { issuer: ISSUER, audience: AUDIENCE, jwks, ...options } } },
    routes: [
      route('GET /pets', { authorize: 'staff' }),
      route('PUT /pets', { authorize: { authorizer: 'staff', scopes: ['pets:write', 'admin'] } }),
    ],
  })
}

const call = (gateway: ReturnType<typeof gatewayOf>, bearer: string | undefined, request = 'GET /pets') =>
  send(gateway, request, { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } })

describe('a bearer token', () => {
  it('admits its caller, whose claims the app is told', async () => {
    const answer = await call(gatewayOf(), token(key, { scope: 'pets:read pets:list', tenant: 7 }))
    expect(answer.status).toBe(200)
    expect(answer.forwarded?.gateway.principal).toBe('alice')
    const { claims, scopes } = answer.forwarded?.gateway.authorizer ?? {}
    expect(claims).toMatchObject({ sub: 'alice', tenant: 7 })
    expect(scopes).toEqual(['pets:read', 'pets:list'])
  })

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('may be signed with %s', async (alg) => {
    const signer = testKey('k', alg)
    const { status } = await call(gatewayOf({ jwks: { keys: [signer.jwk] } }), token(signer))
    expect(status).toBe(200)
  })

  it('counts with and without its scheme, in any case of letters', async () => {
    const gateway = gatewayOf()
    for (const authorization of [token(key), `bearer ${token(key)}`, `BEARER  ${token(key)}`]) {
      expect((await send(gateway, 'GET /pets', { headers: { authorization } })).status).toBe(200)
    }
  })

  it('may stand in a header of its own, and name the caller in a claim of its own', async () => {
    const gateway = gatewayOf({ header: 'X-Token', principal: 'email' })
    const headers = { 'x-token': token(key, { email: 'a@example.com' }) }
    const answer = await send(gateway, 'GET /pets', { headers })
    expect(answer.forwarded?.gateway.principal).toBe('a@example.com')
  })

  it('is asked for with a challenge where there is none', async () => {
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ']) {
      const answer = await send(gatewayOf(), 'GET /pets', {
        headers: authorization === undefined ? {} : { authorization },
      })
      expect(answer.status).toBe(401)
      expect(answer.json()).toEqual({ message: 'Unauthorized' })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
  })

  const good = token(key)
  const [head, claims, signature] = good.split('.') as [string, string, string]
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'pem',
  })
  const changed = (part: string) => `${part.slice(0, 10)}${part[10] === 'A' ? 'B' : 'A'}${part.slice(11)}`
  it.each<[string, string]>([
    ['without a signature', unsigned(key)],
    ['with an empty signature', `${head}.${claims}.`],
    ['whose signature was changed', `${head}.${claims}.${changed(signature)}`],
    ['whose claims were changed', `${head}.${changed(claims)}.${signature}`],
    ['of another issuer', token(key, { iss: 'https://other.example' })],
    ['of an issuer that is nearly the right one', token(key, { iss: `${ISSUER}/` })],
    ['for another audience', token(key, { aud: 'https://other.example' })],
    ['for nobody', token(key, { aud: undefined })],
    ['for another audience, whatever client it is of', token(key, { aud: 'x', client_id: AUDIENCE })],
    ['that has expired', token(key, { exp: START / 1000 })],
    ['that never expires', token(key, { exp: undefined })],
    ['that expires in words', token(key, { exp: 'never' })],
    ['that is not valid yet', token(key, { nbf: START / 1000 + 1 })],
    ['issued in the future', token(key, { iat: START / 1000 + 1 })],
    ['that names nobody', token(key, { sub: undefined })],
    ['that names an empty caller', token(key, { sub: '' })],
    ['signed by a key that is not in the set', token(testKey('three'))],
    ['signed by another key of the same name', token(testKey('one'))],
    ['signed with a shared secret made of the public key', forgedByPublicKey(key, pem)],
    ['signed with the public JWK as a shared secret', forgedByPublicKey(key, JSON.stringify(key.jwk))],
    ['that brings its own key', token(testKey('one'), {}, { jwk: testKey('one').jwk })],
    ['with an extension that nobody understands', token(key, {}, { crit: ['exp'] })],
    ['with more parts', `${good}.x.y`],
    ['with words behind it', `${good} ${good}`],
    ['that is no token', 'swordfish'],
  ])('%s is refused with a challenge', async (_, bearer) => {
    const answer = await call(gatewayOf(), bearer)
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer error="invalid_token", error_description="the [^"]*token[^"]*"$/,
    )
    expect(answer.forwarded).toBeUndefined()
  })

  it('does not count with any one character changed', async () => {
    const gateway = gatewayOf()
    for (let index = 0; index < good.length; index++) {
      if (good[index] === '.') continue
      const mutated = `${good.slice(0, index)}${good[index] === 'x' ? 'y' : 'x'}${good.slice(index + 1)}`
      // The last character has bits that stand for nothing.
      const [, , spelt = ''] = mutated.split('.')
      const same =
        mutated.startsWith(`${head}.${claims}.`) &&
        Buffer.from(spelt, 'base64url').equals(Buffer.from(signature, 'base64url'))
      expect((await call(gateway, mutated)).status, mutated).toBe(same ? 200 : 401)
    }
  })

  it('is refused by an algorithm that is not among those pinned', async () => {
    const gateway = gatewayOf({ algorithms: ['RS256'] })
    expect((await call(gateway, token(key))).status).toBe(401)
    expect((await call(gateway, token(rsa))).status).toBe(200)
  })

  it('may be for whomever, where the audience is a star', async () => {
    const gateway = gatewayOf({ audience: '*' })
    expect((await call(gateway, token(key, { aud: 'https://other.example' }))).status).toBe(200)
    expect((await call(gateway, token(key, { aud: undefined }))).status).toBe(200)
    expect((await call(gateway, token(key, { iss: 'https://other.example' }))).status).toBe(401)
  })

  it('may say by its client whom it is for, where it has no audience', async () => {
    const gateway = gatewayOf({ audience: ['app-1', 'app-2'] })
    expect((await call(gateway, token(key, { aud: undefined, client_id: 'app-2' }))).status).toBe(200)
    expect((await call(gateway, token(key, { aud: ['x', 'app-1'] }))).status).toBe(200)
    expect((await call(gateway, token(key, { aud: undefined, client_id: 'app-3' }))).status).toBe(401)
  })

  it('need not name its key where only one fits', async () => {
    const bearer = token(key, {}, { kid: undefined })
    expect((await call(gatewayOf(), bearer)).status).toBe(200)
    const two = gatewayOf({ jwks: { keys: [key.jwk, testKey('three').jwk] } })
    expect((await call(two, bearer)).status).toBe(401)
  })

  it('ends when it says so by the gateway’s clock, although it was seen before', async () => {
    const clock = testClock(START)
    const gateway = gatewayOf({}, { clock })
    const bearer = token(key, { exp: START / 1000 + 30 })
    expect((await call(gateway, bearer)).status).toBe(200)
    clock.advance('29.999s')
    expect((await call(gateway, bearer)).status).toBe(200)
    clock.advance('1ms')
    expect((await call(gateway, bearer)).status).toBe(401)
  })

  it('is judged with the tolerance that is given', async () => {
    const clock = testClock(START)
    const gateway = gatewayOf({ clockTolerance: '5s' }, { clock })
    const bearer = token(key, { exp: START / 1000 + 10, nbf: START / 1000 + 4, iat: START / 1000 + 5 })
    expect((await call(gateway, bearer)).status).toBe(200)
    clock.advance('14s')
    expect((await call(gateway, bearer)).status).toBe(200)
    clock.advance('1s')
    expect((await call(gateway, bearer)).status).toBe(401)
  })

  it('is judged anew where the clock is set back', async () => {
    const clock = testClock(START)
    const gateway = gatewayOf({}, { clock })
    const bearer = token(key, { nbf: START / 1000 })
    expect((await call(gateway, bearer)).status).toBe(200)
    clock.advance('-1s')
    expect((await call(gateway, bearer)).status).toBe(401)
  })

  it('shows claims that one request cannot change for the next', async () => {
    const gateway = gatewayOf()
    const bearer = token(key, { roles: ['reader'] })
    const app = ({
      gateway: { authorizer },
    }: {
      gateway: { authorizer: Readonly<Record<string, unknown>> }
    }) => {
      const { roles } = authorizer.claims as { roles: string[] }
      expect(() => roles.push('admin')).toThrow(TypeError)
      throw new Error('the app went on')
    }
    await expect(
      send(gateway, 'GET /pets', { headers: { authorization: bearer }, app }),
    ).resolves.toMatchObject({ status: 500 })
    const again = await call(gateway, bearer)
    expect(again.forwarded?.gateway.authorizer.claims).toMatchObject({ roles: ['reader'] })
  })
})

describe('scopes', () => {
  it.each([
    { scope: 'pets:write' },
    { scope: 'other admin' },
    { scp: ['admin'] },
    { scp: 'admin x' },
    { scope: ['pets:write'] },
  ])('any one of a route’s will do: %j', async (claims) => {
    expect((await call(gatewayOf(), token(key, claims), 'PUT /pets')).status).toBe(200)
  })

  it.each([{}, { scope: 'pets' }, { scope: 'pets:write:all' }, { scp: [] }, { scope: 7 }])(
    'a token without one of them is refused with 403: %j',
    async (claims) => {
      const answer = await call(gatewayOf(), token(key, claims), 'PUT /pets')
      expect(answer.status).toBe(403)
      expect(answer.headers['www-authenticate']).toBe(
        'Bearer error="insufficient_scope", scope="pets:write admin"',
      )
    },
  )

  it('of a route stand in place of the authorizer’s own', async () => {
    const gateway = gatewayOf({ scopes: ['pets:read'] })
    expect((await call(gateway, token(key, { scope: 'pets:read' }))).status).toBe(200)
    expect((await call(gateway, token(key, { scope: 'admin' }))).status).toBe(403)
    expect((await call(gateway, token(key, { scope: 'admin' }), 'PUT /pets')).status).toBe(200)
    expect((await call(gateway, token(key, { scope: 'pets:read' }), 'PUT /pets')).status).toBe(403)
  })
})

describe('a key set at an address', () => {
  it('is fetched once for a hundred simultaneous first requests', async () => {
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks })
    const bearers = Array.from({ length: 100 }, (_, index) => token(key, { sub: `caller-${index}` }))
    const answers = await Promise.all(bearers.map((bearer) => call(gateway, bearer)))
    expect(answers.map(({ status }) => status)).toEqual(bearers.map(() => 200))
    expect(answers[42]?.forwarded?.gateway.principal).toBe('caller-42')
    expect(issuer.count.keys).toBe(1)
  })

  it('is found by the issuer’s metadata', async () => {
    const issuer = await started(key)
    const gateway = gatewayOf({ issuer: issuer.url, jwks: undefined })
    expect((await call(gateway, token(key, { iss: issuer.url }))).status).toBe(200)
    expect(issuer.count).toEqual({ keys: 1, metadata: 1 })
  })

  it.each<[string, (issuer: Issuer) => void]>([
    [
      'speaks for another issuer',
      (issuer) => Object.assign(issuer.metadata, { issuer: 'https://issuer.example' }),
    ],
    [
      'names keys in the clear',
      (issuer) => Object.assign(issuer.metadata, { jwks_uri: 'http://issuer.example/jwks' }),
    ],
    ['names no keys', (issuer) => Object.assign(issuer.metadata, { jwks_uri: undefined })],
  ])('is not used where the metadata %s', async (_, change) => {
    const issuer = await started(key)
    change(issuer)
    const errors: unknown[] = []
    const gateway = gatewayOf(
      { issuer: issuer.url, jwks: undefined },
      { onError: (error: unknown) => errors.push(error) },
    )
    expect((await call(gateway, token(key, { iss: issuer.url }))).status).toBe(500)
    expect(issuer.count.keys).toBe(0)
    expect(errors).toHaveLength(1)
  })

  it.each<[string, NonNullable<Issuer['instead']>]>([
    ['fails', (_, res) => res.writeHead(503).end()],
    [
      'sends elsewhere',
      (req, res) => {
        if (req.url === '/other') res.end(JSON.stringify({ keys: [key.jwk] }))
        else res.writeHead(302, { location: `http://${req.headers.host}/other` }).end()
      },
    ],
    ['sends no JSON', (_, res) => res.end('<html>')],
    ['sends no keys', (_, res) => res.end('{"keys":7}')],
    ['sends too much', (_, res) => res.end(JSON.stringify({ keys: [key.jwk], more: 'x'.repeat(600_000) }))],
    ['sends too many keys', (_, res) => res.end(JSON.stringify({ keys: Array(101).fill(key.jwk) }))],
    ['hangs up', (req) => req.socket.destroy()],
  ])('that %s admits nobody, and is reported once', async (_, instead) => {
    const issuer = await started(key)
    issuer.instead = instead
    const errors: unknown[] = []
    const gateway = gatewayOf({ jwks: issuer.jwks }, { onError: (error: unknown) => errors.push(error) })
    for (let times = 0; times < 3; times++) {
      const answer = await call(gateway, token(key))
      expect(answer.status).toBe(500)
      expect(answer.headers['x-amzn-errortype']).toBe('AuthorizerFailureException')
    }
    expect(issuer.count.keys).toBe(1)
    expect(errors).toHaveLength(1)
  })

  it('is not waited for any longer than five seconds', async () => {
    const issuer = await started(key)
    const asked = new Promise<void>((resolve) => {
      issuer.instead = () => resolve()
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const answer = call(gatewayOf({ jwks: issuer.jwks }), token(key))
      await asked
      vi.advanceTimersByTime(5_000)
      expect((await answer).status).toBe(500)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is asked for again soon after it failed', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    issuer.instead = (_, res) => res.writeHead(500).end()
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    expect((await call(gateway, token(key))).status).toBe(500)
    issuer.instead = undefined
    clock.advance('2s')
    expect((await call(gateway, token(key))).status).toBe(200)
  })

  it('is fetched anew for a new key, once for all who bring it', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    const old = token(key)
    expect((await call(gateway, old)).status).toBe(200)
    clock.advance('31s')
    const next = testKey('next')
    issuer.keys = [next]
    const bearers = Array.from({ length: 20 }, (_, index) => token(next, { sub: `caller-${index}` }))
    const answers = await Promise.all(bearers.map((bearer) => call(gateway, bearer)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(issuer.count.keys).toBe(2)
    // The old key went, and with it what it had signed.
    expect((await call(gateway, old)).status).toBe(401)
  })

  it('is not fetched again and again for keys that are made up', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    for (let times = 0; times < 5; times++)
      expect((await call(gateway, token(testKey(`no-${times}`)))).status).toBe(401)
    expect(issuer.count.keys).toBe(1)
    clock.advance('30s')
    for (let times = 0; times < 5; times++)
      expect((await call(gateway, token(testKey(`no-${times}`)))).status).toBe(401)
    expect(issuer.count.keys).toBe(2)
  })

  it('knows a new key thirty seconds after the last fetch, and not before', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    expect((await call(gateway, token(key))).status).toBe(200)
    const next = testKey('next')
    issuer.keys = [key, next]
    clock.advance('29.999s')
    expect((await call(gateway, token(next))).status).toBe(401)
    expect(issuer.count.keys).toBe(1)
    clock.advance('1ms')
    expect((await call(gateway, token(next))).status).toBe(200)
    expect((await call(gateway, token(key))).status).toBe(200)
    expect(issuer.count.keys).toBe(2)
  })

  it('is fetched once for a hundred who each bring another key at once, known or made up', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    expect((await call(gateway, token(key))).status).toBe(200)
    clock.advance('30s')
    const keys = Array.from({ length: 100 }, (_, index) => testKey(`new-${index}`))
    issuer.keys = keys.slice(0, 10)
    const answers = await Promise.all(keys.map((each) => call(gateway, token(each))))
    expect(answers.map(({ status }) => status)).toEqual(keys.map((_, index) => (index < 10 ? 200 : 401)))
    expect(issuer.count.keys).toBe(2)
  })

  it('is refreshed behind the requests’ backs, and used meanwhile', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    expect((await call(gateway, token(key))).status).toBe(200)
    let release: (() => void) | undefined
    issuer.instead = (_, res) => {
      release = () => res.end(JSON.stringify({ keys: [key.jwk] }))
    }
    clock.advance('10m')
    const callers = Array.from({ length: 10 }, (_, index) =>
      call(gateway, token(key, { sub: `caller-${index}` })),
    )
    expect((await Promise.all(callers)).every(({ status }) => status === 200)).toBe(true)
    await expect.poll(() => issuer.count.keys).toBe(2)
    await expect.poll(() => release).toBeDefined()
    release?.()
  })

  it('is used for two hours while the issuer is away, and no longer', async () => {
    const clock = testClock(START)
    const issuer = await started(key)
    const gateway = gatewayOf({ jwks: issuer.jwks }, { clock })
    const bearer = token(key, { exp: START / 1000 + 86_400 })
    expect((await call(gateway, bearer)).status).toBe(200)
    await issuer.close()
    clock.advance('119m')
    expect((await call(gateway, bearer)).status).toBe(200)
    clock.advance('1m')
    expect((await call(gateway, bearer)).status).toBe(500)
  })

  it('is one for all authorizers that name it', async () => {
    const issuer = await started(key)
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks }
    const gateway = createGateway({
      clock: testClock(START),
      routes: [
        route('GET /a', { authorize: { jwt } }),
        route('GET /b', { authorize: { jwt: { ...jwt, principal: 'email' } } }),
      ],
    })
    const headers = { authorization: token(key, { email: 'a@example.com' }) }
    expect((await send(gateway, 'GET /a', { headers })).forwarded?.gateway.principal).toBe('alice')
    expect((await send(gateway, 'GET /b', { headers })).forwarded?.gateway.principal).toBe('a@example.com')
    expect(issuer.count.keys).toBe(1)
  })

  it('guards an Express app over real sockets', async () => {
    const issuer = await started(rsa)
    const app = express()
    app.use(toExpress(gatewayOf({ jwks: issuer.jwks })))
    app.get('/pets', (req, res) => {
      res.json(req.gateway?.principal)
    })
    const server = app.listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => server.once('listening', resolve))
      const url = `http://localhost:${(server.address() as AddressInfo).port}/pets`
      const admitted = await fetch(url.replace('localhost', '127.0.0.1'), {
        headers: { authorization: `Bearer ${token(rsa)}` },
      })
      expect([admitted.status, await admitted.json()]).toEqual([200, 'alice'])
      const refused = await fetch(url.replace('localhost', '127.0.0.1'))
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

describe('token options are checked at construction', () => {
  const faults = (jwt: object) => {
    try {
      createGateway({
        routes: [
          route('GET /', { authorize: { jwt: { issuer: ISSUER, audience: 'a', ...jwt } as JwtOptions } }),
        ],
      })
      return []
    } catch (error) {
      return (error as DefinitionError).faults.map(
        ({ code, path }) => `${code} ${path.replace('routes[0].policy.authorize.jwt', '')}`,
      )
    }
  }
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
  it.each<[string, object, string[]]>([
    ['no more than these', {}, []],
    ['keys at an https address', { jwks: 'https://issuer.example/jwks' }, []],
    [
      'keys on this machine, of an issuer that is no address',
      { jwks: 'http://localhost:8080/jwks', issuer: 'accounts' },
      [],
    ],
    ['keys in place', { jwks: { keys: [rsa.jwk] } }, []],
    ['no issuer', { issuer: undefined }, ['REQUIRED .issuer']],
    ['no audience', { audience: [] }, ['VALUE_INVALID .audience']],
    ['an issuer in the clear', { issuer: 'http://issuer.example' }, ['ISSUER_INVALID .issuer']],
    [
      'an issuer that only looks local',
      { issuer: 'http://localhost.issuer.example' },
      ['ISSUER_INVALID .issuer'],
    ],
    ['an issuer that is no address', { issuer: 'issuer' }, ['ISSUER_INVALID .issuer']],
    ['keys in the clear', { jwks: 'http://issuer.example/jwks' }, ['JWKS_INVALID .jwks']],
    [
      'keys at an address with a password',
      { jwks: 'https://user:secret@issuer.example/jwks' },
      ['JWKS_INVALID .jwks'],
    ],
    ['no keys in place', { jwks: { keys: [] } }, ['JWKS_INVALID .jwks']],
    ['a shared secret', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, ['JWKS_INVALID .jwks.keys[0]']],
    [
      'a private key',
      { jwks: { keys: [key.jwk, key.privateKey.export({ format: 'jwk' })] } },
      ['JWKS_INVALID .jwks.keys[1]'],
    ],
    [
      'a short RSA key',
      { jwks: { keys: [short.publicKey.export({ format: 'jwk' })] } },
      ['JWKS_INVALID .jwks.keys[0]'],
    ],
    [
      'a key that is none',
      { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] } },
      ['JWKS_INVALID .jwks.keys[0]'],
    ],
    ['no algorithm', { algorithms: ['none'] }, ['VALUE_INVALID .algorithms[0]']],
    ['an algorithm with a shared secret', { algorithms: ['HS256'] }, ['VALUE_INVALID .algorithms[0]']],
    ['no algorithms', { algorithms: [] }, ['VALUE_INVALID .algorithms']],
    ['a scope with a space', { scopes: ['a b'] }, ['NAME_INVALID .scopes[0]']],
    ['a header that is none', { header: 'a b' }, ['HEADER_INVALID .header']],
    ['a long tolerance', { clockTolerance: '1h' }, ['DURATION_INVALID .clockTolerance']],
    ['a field that is none', { secret: 'x' }, ['UNKNOWN_FIELD .secret']],
  ])('%s', (_, options, expected) => {
    expect(faults(options)).toEqual(expected)
  })
})
