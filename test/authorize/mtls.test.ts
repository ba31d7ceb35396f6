import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createGateway, type DefinitionError, type GatewayDefinition, type MtlsOptions, route } from 'postern'
import { toExpress } from 'postern/express'
import { send, testClock } from 'postern/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fc } from '../laws.js'
import {
  type CertificateOptions,
  type MoreExtension,
  root,
  selfSigned,
  sequence,
  type TestCertificate,
  tlv,
} from './certificates.js'

const acme = root('C=DE, O=Acme, CN=Root')
const staff = acme.issue('C=DE, O=Acme, CN=Staff', { ca: true })
const client: CertificateOptions = { uses: ['client'] }
const alice = acme.issue('C=DE, O=Acme, CN=alice', client)
const bob = staff.issue('C=DE, O=Acme, OU=Sales, CN=bob', client)
const server = acme.issue('CN=localhost', { uses: ['server'], local: true })
const BOTH = [acme.pem, staff.pem]

function gatewayOf(mtls: MtlsOptions, definition: Partial<GatewayDefinition> = {}) {
  return createGateway({
    clock: testClock('2026-01-01T00:00:00Z'),
    ...definition,
    routes: [route('GET /me', { authorize: { mtls } })],
  })
}

interface Call {
  readonly as?: TestCertificate
  readonly headers?: Readonly<Record<string, string>>
}

/** An Express app behind the gateway, on a TLS server that takes any certificate and leaves the rest to the gateway. */
async function serve(mtls: MtlsOptions, definition: Partial<GatewayDefinition> = {}) {
  const app = express()
  app.use(toExpress(gatewayOf(mtls, definition)))
  app.get('/me', (req, res) => {
    res.json({ principal: req.gateway?.principal, ...req.gateway?.authorizer })
  })
  const tls = { key: server.keyPem, cert: server.pem, requestCert: true, rejectUnauthorized: false }
  const listening = createServer(tls, app)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    listening.close()
    listening.closeAllConnections()
  })
  const { port } = listening.address() as AddressInfo
  return ({ as, headers = {} }: Call = {}) =>
    new Promise<{ status: number | undefined; body: Record<string, unknown> }>((resolve, reject) => {
      const own = as && { key: as.keyPem, cert: as.pem }
      const sent = request(
        { port, host: '127.0.0.1', path: '/me', ca: acme.pem, headers, agent: false, ...own },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk) => chunks.push(chunk))
          answer.on('end', () =>
            resolve({ status: answer.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) }),
          )
        },
      )
      sent.on('error', reject).end()
    })
}

describe('a client certificate', () => {
  it('of an authority in the trust store admits its holder, whose name the app is told', async () => {
    const call = await serve({ trustStore: acme.pem })
    const { fingerprint256, serialNumber, validFrom, validTo } = alice.certificate
    const subject = 'CN=alice,O=Acme,C=DE'
    expect(await call({ as: alice })).toEqual({
      status: 200,
      body: {
        ...{ principal: subject, subject, issuer: 'CN=Root,O=Acme,C=DE' },
        ...{ fingerprint256, serialNumber, validFrom, validTo },
      },
    })
  })

  it('is refused with 403 where there is none, whatever a header says', async () => {
    for (const mtls of [{ trustStore: BOTH }, { trustStore: BOTH, header: 'client-cert' }]) {
      const call = await serve(mtls, { trustProxy: ['10.0.0.1'] })
      expect(await call()).toEqual({ status: 403, body: { message: 'Forbidden' } })
      for (const value of spellings(alice)) {
        expect((await call({ headers: { 'client-cert': value } })).status).toBe(403)
      }
    }
  })

  it('counts, and not the header that an untrusted caller adds', async () => {
    const call = await serve({ trustStore: BOTH, header: 'client-cert' }, { trustProxy: ['10.0.0.1'] })
    const { body } = await call({ as: bob, headers: { 'client-cert': spellings(alice)[0] as string } })
    expect(body.principal).toBe('CN=bob,OU=Sales,O=Acme,C=DE')
  })

  it('may be issued by an authority that another one has certified', async () => {
    expect((await (await serve({ trustStore: BOTH }))({ as: bob })).status).toBe(200)
    expect((await (await serve({ trustStore: BOTH.join('\n') }))({ as: bob })).status).toBe(200)
    expect((await (await serve({ trustStore: staff.pem }))({ as: bob })).status).toBe(200)
    expect((await (await serve({ trustStore: acme.pem }))({ as: bob })).status).toBe(403)
  })

  it('need not say what it is for, and may be for anything', async () => {
    const call = await serve({ trustStore: acme.pem })
    expect((await call({ as: acme.issue('CN=a') })).status).toBe(200)
    expect((await call({ as: acme.issue('CN=a', { uses: ['any'] }) })).status).toBe(200)
    expect((await call({ as: acme.issue('CN=a', { uses: ['server', 'client'] }) })).status).toBe(200)
  })

  const impostor = root('C=DE, O=Acme, CN=Root')
  const strangers: [string, TestCertificate][] = [
    ['of an authority that nobody knows', root('CN=Other').issue('CN=alice', client)],
    ['of an authority that only has the right name', impostor.issue('C=DE, O=Acme, CN=alice', client)],
    ['that certifies itself', selfSigned('C=DE, O=Acme, CN=alice', client)],
    ['that certifies itself as an authority', root('C=DE, O=Acme, CN=Root')],
    ['issued by a client who is no authority', alice.issue('CN=eve', client)],
    ['that is for servers only', acme.issue('CN=alice', { uses: ['server'] })],
    ['that has expired', acme.issue('CN=alice', { ...client, to: '20251231235959Z' })],
    ['that is not valid yet', acme.issue('CN=alice', { ...client, from: '20260101000001Z' })],
  ]
  it.each(strangers)('%s is refused', async (_, as) => {
    const call = await serve({ trustStore: BOTH })
    expect(await call({ as })).toEqual({ status: 403, body: { message: 'Forbidden' } })
  })

  it('holds by the gateway’s clock, though it was seen before', async () => {
    const clock = testClock('2026-01-01T00:00:00Z')
    const call = await serve({ trustStore: acme.pem }, { clock })
    const as = acme.issue('CN=alice', { from: '20260101000000Z', to: '20260101000010Z' })
    const seen = []
    for (const time of [
      '2025-12-31T23:59:59Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:10Z',
      '2026-01-01T00:00:11Z',
    ]) {
      clock.set(time)
      seen.push((await call({ as })).status)
    }
    expect(seen).toEqual([403, 200, 200, 403])
  })

  it('holds as long as the authorities above it do', async () => {
    const short = { ca: true, to: '20260101000010Z' }
    const middle = acme.issue('CN=Middle', short)
    const clock = testClock('2026-01-01T00:00:10Z')
    const call = await serve({ trustStore: [acme.pem, middle.pem] }, { clock })
    const as = middle.issue('CN=alice', client)
    expect((await call({ as })).status).toBe(200)
    clock.advance('1s')
    expect((await call({ as })).status).toBe(403)

    const oldRoot = root('CN=Old', short)
    const below = oldRoot.issue('CN=Below', { ca: true })
    const other = await serve({ trustStore: [oldRoot.pem, below.pem] }, { clock })
    expect((await other({ as: below.issue('CN=alice', client) })).status).toBe(403)
  })

  it('finds its way where an authority is certified twice', async () => {
    const expired = acme.issue('CN=Twice', { ca: true, to: '20250101000000Z' })
    const renewed = acme.issue('CN=Twice', { ca: true, keyOf: expired })
    const call = await serve({ trustStore: [expired.pem, acme.pem, renewed.pem] })
    expect((await call({ as: expired.issue('CN=alice', client) })).status).toBe(200)
  })

  it('is not believed for authorities that only certify each other', async () => {
    const seed = root('CN=A')
    const b = seed.issue('CN=B', { ca: true })
    const a = b.issue('CN=A', { ca: true, keyOf: seed })
    const call = await serve({ trustStore: [a.pem, b.pem] })
    expect((await call({ as: b.issue('CN=alice', client) })).status).toBe(403)
    expect((await call({ as: a.issue('CN=alice', client) })).status).toBe(403)
  })

  it('is not believed at the end of a path of more than eight', async () => {
    const chain = [root('CN=0')]
    for (let index = 1; index < 8; index++)
      chain.push((chain.at(-1) as TestCertificate).issue(`CN=${index}`, { ca: true }))
    const call = await serve({ trustStore: chain.map(({ pem }) => pem) })
    expect((await call({ as: chain[6]?.issue('CN=alice', client) })).status).toBe(200)
    expect((await call({ as: chain[7]?.issue('CN=alice', client) })).status).toBe(403)
  })

  it('is believed below as many authorities as those above allow', async () => {
    const call = (...store: TestCertificate[]) => serve({ trustStore: store.map(({ pem }) => pem) })
    for (const [pathLength, seen] of [
      [0, [200, 403, 403]],
      [1, [200, 200, 403]],
      [2, [200, 200, 200]],
      [undefined, [200, 200, 200]],
    ] as const) {
      const top = root('CN=Top', { ...(pathLength !== undefined && { pathLength }) })
      const middle = top.issue('CN=Middle', { ca: true })
      const low = middle.issue('CN=Low', { ca: true })
      const ask = await call(top, middle, low)
      const got = []
      for (const by of [top, middle, low]) got.push((await ask({ as: by.issue('CN=alice', client) })).status)
      expect(got).toEqual(seen)
    }
  })

  it('is held to the limits of authorities in between, and one that is an authority itself is not counted', async () => {
    const middle = acme.issue('CN=Middle', { ca: true, pathLength: 0 })
    const low = middle.issue('CN=Low', { ca: true, uses: ['client'] })
    const call = await serve({ trustStore: [acme.pem, middle.pem, low.pem] })
    expect((await call({ as: middle.issue('CN=alice', client) })).status).toBe(200)
    expect((await call({ as: low.issue('CN=alice', client) })).status).toBe(403)
    const other = await serve({ trustStore: [acme.pem, middle.pem] })
    expect((await other({ as: low })).status).toBe(200)
  })

  it('finds its way where only one certificate of an authority allows it', async () => {
    const strict = acme.issue('CN=Twice', { ca: true, pathLength: 0 })
    const free = acme.issue('CN=Twice', { ca: true, keyOf: strict, pathLength: 1 })
    const low = strict.issue('CN=Low', { ca: true })
    const as = low.issue('CN=alice', client)
    expect(
      (await (await serve({ trustStore: [acme, strict, low].map(({ pem }) => pem) }))({ as })).status,
    ).toBe(403)
    const both = await serve({ trustStore: [acme, strict, free, low].map(({ pem }) => pem) })
    expect((await both({ as })).status).toBe(200)
  })

  it('is no deeper below an authority that has certified a new key of its own', async () => {
    const old = root('CN=Rolling', { pathLength: 1 })
    const rolled = old.issue('CN=Rolling', { ca: true })
    const low = rolled.issue('CN=Low', { ca: true })
    const lower = low.issue('CN=Lower', { ca: true })
    const call = await serve({ trustStore: [old, rolled, low, lower].map(({ pem }) => pem) })
    expect((await call({ as: low.issue('CN=alice', client) })).status).toBe(200)
    expect((await call({ as: lower.issue('CN=alice', client) })).status).toBe(403)
  })

  it('is as deep below an authority as the shortest way says, whichever comes first', async () => {
    const top = root('CN=Top', { pathLength: 2 })
    const upper = top.issue('CN=Upper', { ca: true })
    const side = upper.issue('CN=Side', { ca: true })
    const old = upper.issue('CN=Twice', { ca: true })
    const rolled = old.issue('CN=Twice', { ca: true })
    const aside = side.issue('CN=Twice', { ca: true, keyOf: rolled })
    const store = [top, upper, side, old, rolled, aside].map(({ pem }) => pem)
    const as = rolled.issue('CN=alice', client)
    for (const trustStore of [store, [...store].reverse()])
      expect((await (await serve({ trustStore }))({ as })).status).toBe(200)
    const long = await serve({ trustStore: store.filter((pem) => pem !== rolled.pem) })
    expect((await long({ as })).status).toBe(403)
  })

  it('is not believed for an authority that must not sign certificates', async () => {
    // `keyUsage`: the bits from the left, the sixth for certificates, the seventh for revocations.
    const usage = (bits: number): MoreExtension => ({
      ...{ oid: '2.5.29.15', critical: true },
      value: tlv(0x03, Buffer.from([1, bits])),
    })
    for (const [bits, status] of [
      [0x06, 200],
      [0x02, 403],
    ] as const) {
      const top = root('CN=Top', { more: [usage(bits)] })
      const call = await serve({ trustStore: [acme.pem, top.pem] })
      expect((await call({ as: top.issue('CN=alice', client) })).status).toBe(status)
    }
  })

  it('with a critical extension that nobody understands is refused, and any other is passed over', async () => {
    const recorded: (string | undefined)[] = []
    const onRecord: GatewayDefinition['onRecord'] = ({ detail }) => recorded.push(detail)
    const call = await serve({ trustStore: acme.pem }, { onRecord })
    const having = (oid: string, critical: boolean) =>
      acme.issue('CN=alice', { ...client, more: [{ oid, critical, value: sequence() }] })
    for (const oid of ['1.3.6.1.4.1.99999.1', '2.5.29.36'])
      expect((await call({ as: having(oid, true) })).status).toBe(403)
    expect(recorded).toEqual([
      "the certificate of 'CN=alice' has a critical extension that is not supported: 1.3.6.1.4.1.99999.1",
      "the certificate of 'CN=alice' has a critical extension that is not supported: 2.5.29.36",
    ])
    expect((await call({ as: having('1.3.6.1.4.1.99999.1', false) })).status).toBe(200)
    expect((await call({ as: having('2.5.29.32', true) })).status).toBe(200)
  })

  it('is believed by itself where it stands in the trust store', async () => {
    const own = selfSigned('CN=robot', client)
    const call = await serve({ trustStore: [acme.pem, own.pem] })
    expect((await call({ as: own })).body.principal).toBe('CN=robot')
    expect((await call({ as: own.issue('CN=eve', client) })).status).toBe(403)
    expect((await call({ as: selfSigned('CN=robot', client) })).status).toBe(403)
  })

  it('names its holder by whatever names it has', async () => {
    const call = await serve({ trustStore: acme.pem })
    const uri = 'spiffe://acme.example/robot'
    expect((await call({ as: acme.issue('', { ...client, uri }) })).body.principal).toBe(`URI:${uri}`)
    const nameless = acme.issue('', client)
    expect((await call({ as: nameless })).body.principal).toBe(nameless.certificate.fingerprint256)
    const tricky = acme.issue('O=Acme\\, CN=root, CN=eve', client)
    expect((await call({ as: tricky })).body.principal).toBe('CN=eve,O=Acme\\, CN=root')
  })
})

/** As proxies write a certificate in a header: RFC 9440, URL-encoded (nginx, ALB), and PEM on one line. */
function spellings({ pem, certificate }: TestCertificate): string[] {
  const safe = encodeURIComponent(pem).replaceAll('%2B', '+').replaceAll('%2F', '/').replaceAll('%3D', '=')
  return [
    `:${certificate.raw.toString('base64')}:`,
    encodeURIComponent(pem),
    safe,
    pem.trim().replaceAll('\n', ' '),
    pem.trim().replaceAll('\n', '\t'),
  ]
}

describe('a certificate in a header', () => {
  const proxied = { trustProxy: ['10.0.0.0/8'] }
  const mtls = { trustStore: BOTH, header: 'Client-Cert' }
  const through = (gateway: ReturnType<typeof gatewayOf>, value: string | undefined, sourceIp = '10.0.0.1') =>
    send(gateway, 'GET /me', { sourceIp, headers: value === undefined ? {} : { 'client-cert': value } })

  it('of a trusted proxy counts, in each of its spellings', async () => {
    const gateway = gatewayOf(mtls, proxied)
    for (const value of spellings(bob)) {
      const answer = await through(gateway, value)
      expect(answer.status).toBe(200)
      expect(answer.forwarded?.gateway.principal).toBe('CN=bob,OU=Sales,O=Acme,C=DE')
    }
  })

  it('is the first one where the proxy hands on the whole chain', async () => {
    const chain = encodeURIComponent(bob.pem + staff.pem + acme.pem)
    const answer = await through(gatewayOf(mtls, proxied), chain)
    expect(answer.forwarded?.gateway.principal).toBe('CN=bob,OU=Sales,O=Acme,C=DE')
  })

  it('that comes twice is nobody’s: the first may be what the caller sent', async () => {
    const gateway = gatewayOf(mtls, proxied)
    for (const value of spellings(alice)) {
      expect((await through(gateway, `${value}, ${spellings(bob)[0]}`)).status).toBe(403)
      expect((await through(gateway, `${value}, ${value}`)).status).toBe(403)
    }
  })

  it('of anybody else is mere words', async () => {
    const gateway = gatewayOf(mtls, proxied)
    for (const sourceIp of ['192.0.2.1', '127.0.0.1', '::ffff:192.0.2.1']) {
      for (const value of spellings(alice)) expect((await through(gateway, value, sourceIp)).status).toBe(403)
    }
  })

  it('is held to the trust store as any other', async () => {
    const gateway = gatewayOf(mtls, proxied)
    expect((await through(gateway, spellings(root('CN=Other').issue('CN=alice'))[0])).status).toBe(403)
  })

  const [sequence = '', encoded = ''] = spellings(alice)
  it.each<[string, string | undefined]>([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['that is cut off', sequence.slice(0, 200)],
    ['that comes twice', `${sequence}, ${sequence}`],
    ['that is no base64', ':!!!!:'],
    ['that is no certificate', `:${Buffer.from('swordfish').toString('base64')}:`],
    ['whose encoding is broken', `${encoded}%`],
    ['with words before it', `Hash=1;${encoded}`],
  ])('%s is refused', async (_, value) => {
    const answer = await through(gatewayOf(mtls, proxied), value)
    expect([answer.status, answer.json()]).toEqual([403, { message: 'Forbidden' }])
  })

  it('can be anything at all, and admits nobody', async () => {
    const gateway = gatewayOf(mtls, proxied)
    const words = fc.constantFrom(
      ':',
      '%2',
      '%0A',
      '-----BEGIN CERTIFICATE-----',
      '-----END CERTIFICATE-----',
      'MIIB',
      ' ',
    )
    const value = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(words, fc.base64String()), { maxLength: 6 }).map((all) => all.join('')),
    )
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        expect((await through(gateway, text)).status).toBe(403)
      }),
    )
  })

  it('is needed behind a trusted proxy, whose own certificate is not the caller’s', async () => {
    const own = await serve({ trustStore: BOTH }, { trustProxy: ['loopback'] })
    expect((await own({ as: alice })).status).toBe(403)
    const named = await serve(mtls, { trustProxy: ['loopback'] })
    expect((await named({ as: alice })).status).toBe(403)
    const { body } = await named({ as: alice, headers: { 'client-cert': spellings(bob)[0] as string } })
    expect(body.principal).toBe('CN=bob,OU=Sales,O=Acme,C=DE')
  })
})

describe('certificate options are checked at construction', () => {
  const faults = (mtls: object) => {
    try {
      createGateway({
        trustProxy: ['10.0.0.1'],
        routes: [route('GET /me', { authorize: { mtls: mtls as MtlsOptions } })],
      })
      return []
    } catch (error) {
      const { faults } = error as DefinitionError
      return faults.map(({ code, path }) => `${code} ${path.replace('routes[0].policy.authorize.mtls', '')}`)
    }
  }
  it.each<[string, object, string[]]>([
    ['one text', { trustStore: acme.pem }, []],
    ['several in one text, with comments', { trustStore: `# staff\n${BOTH.join('# root\n')}` }, []],
    ['a list', { trustStore: BOTH, header: 'x-client-cert' }, []],
    ['no trust store', {}, ['REQUIRED .trustStore']],
    ['an empty list', { trustStore: [] }, ['TRUST_STORE_INVALID .trustStore']],
    ['no certificate', { trustStore: acme.keyPem }, ['TRUST_STORE_INVALID .trustStore']],
    [
      'a certificate that is cut off',
      { trustStore: acme.pem + staff.pem.slice(0, 99) },
      ['TRUST_STORE_INVALID .trustStore'],
    ],
    [
      'a certificate that is broken',
      { trustStore: [acme.pem, acme.pem.replace(/MII/, 'MIX')] },
      ['TRUST_STORE_INVALID .trustStore[1]'],
    ],
    ['a path', { trustStore: '/etc/ssl/ca.pem' }, ['TRUST_STORE_INVALID .trustStore']],
    ['a header that is none', { trustStore: acme.pem, header: 'a b' }, ['HEADER_INVALID .header']],
    ['a field that is none', { trustStore: acme.pem, crl: '' }, ['UNKNOWN_FIELD .crl']],
  ])('%s', (_, mtls, expected) => {
    expect(faults(mtls)).toEqual(expected)
  })

  const strange = { oid: '1.3.6.1.4.1.99999.1', value: sequence() }
  const names = {
    oid: '2.5.29.30',
    value: sequence(tlv(0xa0, sequence(tlv(0x82, Buffer.from('acme.example'))))),
  }
  const limited = (more: MoreExtension, options: CertificateOptions = {}) =>
    root('C=DE, O=Acme, CN=Root', { ...options, more: [more] }).pem
  const FIX =
    'Leave it out, and those that it has certified: nobody would be held to what it asks of the certificates below it.'
  it.each<[string, string, string | undefined]>([
    [
      'name constraints',
      limited({ ...names, critical: true }),
      'has name constraints, which are not supported',
    ],
    [
      'name constraints that are not critical',
      limited(names),
      'has name constraints, which are not supported',
    ],
    [
      'a critical extension',
      limited({ ...strange, critical: true }),
      'has a critical extension that is not supported: 1.3.6.1.4.1.99999.1',
    ],
    [
      'a critical extension, certified for itself alone',
      selfSigned('C=DE, O=Acme, CN=Root', { more: [{ ...strange, critical: true }] }).pem,
      'has a critical extension that is not supported: 1.3.6.1.4.1.99999.1',
    ],
    [
      'the same extension twice',
      limited({ oid: '2.5.29.19', value: sequence() }),
      'has extensions that cannot be read',
    ],
    ['an extension that is not critical', limited(strange), undefined],
    ['name constraints, but for servers only', limited(names, { uses: ['server'] }), undefined],
  ])('an authority with %s', (_, pem, reason) => {
    const found: string[] = []
    try {
      gatewayOf({ trustStore: [acme.pem, pem] })
    } catch (error) {
      for (const { path, message, fix } of (error as DefinitionError).faults)
        found.push(`${path}: ${message} | ${fix}`)
    }
    const told = `routes[0].policy.authorize.mtls.trustStore[1]: the certificate of 'CN=Root,O=Acme,C=DE' ${reason} | ${FIX}`
    expect(found).toEqual(reason === undefined ? [] : [told])
  })
})
