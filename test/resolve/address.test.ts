import { describe, expect, it } from 'vitest'
import type { ProxyHeader } from '../../src/definition.js'
import { Addresses, addressFault, isLoopbackHost, normalizeAddress } from '../../src/resolve/address.js'
import { forwardedClient } from '../../src/resolve/forwarded.js'
import { fc } from '../laws.js'

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
  ])('%s is %s', (text, address) => {
    expect(normalizeAddress(text)).toBe(address)
    expect(new Addresses([]).peer(text).address).toBe(address)
  })

  it.each([
    '',
    'x',
    '1.2.3',
    '127.1',
    '0x7f.0.0.1',
    '010.0.0.1',
    '1.2.3.4.5',
    '1.2.3.256',
    '1::2::3',
    '[::1]',
    '1.2.3.4 ',
    ' ::1',
    '1.2.3.4:80',
    '::1/64',
    '1',
    'fe80',
    '%',
    '1.2.3.4%eth0',
  ])('%j is none', (text) => expect(normalizeAddress(text)).toBeUndefined())

  it('of IPv6 counts by its /64, of IPv4 by itself, however it is written', () => {
    const addresses = new Addresses([])
    const key = (text: string) => addresses.peer(text).limitKey
    expect(key('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64')
    expect(key('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe('2001:db8:1:2::/64')
    expect(key('2001:db8:1:3::1')).not.toBe(key('2001:db8:1:2::1'))
    expect(key('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(key('192.0.2.2')).toBe('192.0.2.2')
  })

  it('is of this machine or is not', () => {
    const addresses = new Addresses([])
    for (const text of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
      expect(addresses.peer(text).loopback).toBe(true)
    for (const text of ['128.0.0.1', '::2', '10.0.0.1', '', 'localhost'])
      expect(addresses.peer(text).loopback).toBe(false)
  })

  it('that is none, as of a Unix socket, stands for itself and is not trusted', () => {
    const peer = new Addresses(['0.0.0.0/0', '::/0']).peer('')
    expect(peer).toEqual({ address: '', limitKey: '', loopback: false, trusted: false })
  })

  it('is spelt one way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = normalizeAddress(text) ?? ''
        expect(normalizeAddress(address)).toBe(address)
        expect(normalizeAddress(text.toUpperCase())).toBe(address)
        if (!text.includes(':')) expect(normalizeAddress(`::ffff:${text}`)).toBe(text)
      }),
    )
  })
})

describe('trust', () => {
  const trusted = (list: readonly string[], text: string) => new Addresses(list).peer(text).trusted

  it('is in what is named: an address, a block, or this machine', () => {
    expect(trusted(['10.1.2.3'], '10.1.2.3')).toBe(true)
    expect(trusted(['10.1.2.3'], '::ffff:10.1.2.3')).toBe(true)
    expect(trusted(['::ffff:10.1.2.3'], '10.1.2.3')).toBe(true)
    expect(trusted(['10.1.2.3'], '10.1.2.4')).toBe(false)
    expect(trusted(['10.0.0.0/8'], '10.255.0.1')).toBe(true)
    expect(trusted(['::ffff:10.0.0.0/104'], '10.255.0.1')).toBe(true)
    expect(trusted(['10.0.0.0/8'], '11.0.0.1')).toBe(false)
    expect(trusted(['2001:db8::/32'], '2001:db8:ffff::1')).toBe(true)
    expect(trusted(['::/0'], '10.0.0.1')).toBe(false)
    expect(trusted(['0.0.0.0/0'], '::1')).toBe(false)
    for (const text of ['127.0.0.1', '127.3.2.1', '::1']) expect(trusted(['loopback'], text)).toBe(true)
    expect(trusted(['loopback'], '10.0.0.1')).toBe(false)
    expect(trusted([], '127.0.0.1')).toBe(false)
  })

  it.each([
    '',
    'localhost',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10/8',
    'Loopback',
    '10.0.0.1:80',
    '1.2.3.4/8/8',
  ])('cannot be put in %j', (text) => {
    expect(addressFault(text)).toContain(`'${text}'`)
    expect(() => new Addresses([text])).toThrow(TypeError)
  })

  it.each(['loopback', '10.0.0.1', '10.0.0.0/8', '::1', 'fe80::/10', '0.0.0.0/0'])(
    'can be put in %s',
    (text) => {
      expect(addressFault(text)).toBeUndefined()
    },
  )

  it('is remembered for a bounded number of addresses, and is the same for those forgotten', () => {
    const addresses = new Addresses(['10.0.0.0/8'])
    const first = addresses.peer('10.0.0.0')
    expect(addresses.peer('10.0.0.0')).toBe(first)
    for (let i = 0; i < 5000; i++) addresses.peer(`10.0.${i >> 8}.${i & 255}`)
    expect(addresses.peer('10.0.0.0')).not.toBe(first)
    expect(addresses.peer('10.0.0.0')).toEqual(first)
  })
})

describe('behind trusted proxies', () => {
  const PROXY = '10.0.0.1'
  const addresses = new Addresses(['10.0.0.0/8', '2001:db8:ffff::/48'])

  function client(headers: Readonly<Record<string, string>>, believed?: ProxyHeader) {
    const found = forwardedClient(addresses, addresses.peer(PROXY), (name) => headers[name], believed)
    return typeof found === 'string' ? [found] : [found.peer.address, found.protocol]
  }

  it('the caller is the first address from the right that is not trusted', () => {
    expect(client({ 'x-forwarded-for': '192.0.2.1' })).toEqual(['192.0.2.1', undefined])
    expect(client({ 'x-forwarded-for': '192.0.2.1, 10.0.0.2, 10.0.0.3' })).toEqual(['192.0.2.1', undefined])
    expect(client({ 'x-forwarded-for': '198.51.100.9,192.0.2.1 , 10.0.0.2' })).toEqual([
      '192.0.2.1',
      undefined,
    ])
    expect(client({ 'x-forwarded-for': '10.0.0.9, 192.0.2.1' })).toEqual(['192.0.2.1', undefined])
  })

  it('the caller is the leftmost address where all are trusted', () => {
    expect(client({ 'x-forwarded-for': '10.0.0.4, 10.0.0.3' })).toEqual(['10.0.0.4', undefined])
  })

  it('the caller is the peer where nothing else is said', () => {
    expect(client({})).toEqual([PROXY, undefined])
    expect(client({ 'x-forwarded-for': '' })).toEqual([PROXY, undefined])
    expect(client({ 'x-forwarded-proto': 'https' })).toEqual([PROXY, 'https'])
    expect(client({ forwarded: 'proto=https' })).toEqual([PROXY, 'https'])
  })

  it('an address may have a port, brackets, quotes, and be mapped', () => {
    expect(client({ 'x-forwarded-for': '192.0.2.1:4711' })[0]).toBe('192.0.2.1')
    expect(client({ 'x-forwarded-for': '[2001:db8::1]:4711' })[0]).toBe('2001:db8::1')
    expect(client({ 'x-forwarded-for': '2001:DB8::1' })[0]).toBe('2001:db8::1')
    expect(client({ 'x-forwarded-for': '::ffff:192.0.2.1' })[0]).toBe('192.0.2.1')
    expect(client({ forwarded: 'for="[2001:db8::1]:4711"' })[0]).toBe('2001:db8::1')
    expect(client({ forwarded: 'For="192.0.2.1:80" ; by=x' })[0]).toBe('192.0.2.1')
  })

  it('what a proxy writes that is no address is nobody’s, and not its own', () => {
    for (const garbage of ['unknown', '_hidden', '127.1', '<script>', '192.0.2.1:x', '"', 'a'.repeat(5000)]) {
      const none = expect.stringMatching(/^the proxy writes '.{1,100}' where the caller's address belongs$/)
      expect(client({ 'x-forwarded-for': `192.0.2.7, ${garbage}` })).toEqual([none])
      expect(client({ 'x-forwarded-for': `192.0.2.7, ${garbage}, 10.0.0.2` })).toEqual([none])
      expect(client({ 'x-forwarded-for': `${garbage}, 192.0.2.7` })[0]).toBe('192.0.2.7')
      expect(client({ forwarded: `for=192.0.2.7, for=${garbage}` })[0]).toMatch(/^the proxy writes '/)
    }
  })

  it('the protocol is the one that the outermost trusted hop vouches for', () => {
    const both = (addressList: string, protocols: string) =>
      client({ 'x-forwarded-for': addressList, 'x-forwarded-proto': protocols })
    expect(both('192.0.2.1', 'https')).toEqual(['192.0.2.1', 'https'])
    expect(both('192.0.2.1', 'HTTPS')).toEqual(['192.0.2.1', 'https'])
    expect(both('192.0.2.1', 'http')).toEqual(['192.0.2.1', 'http'])
    expect(both('192.0.2.1', 'nonsense')).toEqual(['192.0.2.1', 'http'])
    expect(both('192.0.2.1', 'wss')).toEqual(['192.0.2.1', 'https'])
    expect(both('192.0.2.1, 10.0.0.2', 'https,http')).toEqual(['192.0.2.1', 'https'])
    expect(both('192.0.2.1, 10.0.0.2', 'http,https')).toEqual(['192.0.2.1', 'http'])
    expect(both('192.0.2.1, 10.0.0.2', 'https')).toEqual(['192.0.2.1', 'https'])
    expect(both('192.0.2.1', 'https, http')).toEqual(['192.0.2.1', 'http'])
    expect(both('198.51.100.9, 192.0.2.1', 'https, http')).toEqual(['192.0.2.1', 'http'])
    expect(client({ forwarded: 'for=192.0.2.1;proto=https, for=10.0.0.2;proto=http' })).toEqual([
      '192.0.2.1',
      'https',
    ])
    expect(client({ forwarded: 'for=192.0.2.1, for=10.0.0.2;proto=https' })).toEqual(['192.0.2.1', undefined])
    expect(client({ forwarded: 'for=192.0.2.9;proto=https, for=192.0.2.1;proto=http' })).toEqual([
      '192.0.2.1',
      'http',
    ])
  })

  it('a quote that the caller leaves open cannot swallow what the proxy appends', () => {
    for (const open of ['for="', 'for="x, for=1.1.1.1;proto=https', 'x="\\', '"'.repeat(3)]) {
      expect(client({ forwarded: `${open}, for=192.0.2.1;proto=http` })).toEqual(['192.0.2.1', 'http'])
      expect(client({ forwarded: `${open}, for="[2001:db8::1]:1"` })).toEqual(['2001:db8::1', undefined])
    }
  })

  it('two headers that agree are believed, two that differ are not', () => {
    const two = (forwarded: string, addressList: string) =>
      client({ forwarded, 'x-forwarded-for': addressList })
    const different = [
      '`Forwarded` and `X-Forwarded-For` say different things of the caller: name the one that your proxies write, ' +
        "`proxyHeader: 'X-Forwarded-For'`",
    ]
    // What only one of them says may be the caller's own word.
    expect(two('for=192.0.2.1;proto=https', '192.0.2.1')).toEqual(['192.0.2.1', undefined])
    for (const other of ['for=192.0.2.9', 'for=unknown', 'for=10.0.0.9', 'proto=https', 'x']) {
      expect(two(other, '192.0.2.1')).toEqual(different)
    }
    expect(client({ forwarded: 'for=192.0.2.1', 'x-forwarded-proto': 'https' })).toEqual(different)
    const headers = {
      forwarded: 'for=192.0.2.1;proto=https',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'http',
    }
    expect(client(headers)).toEqual(['192.0.2.1', 'http'])
    expect(
      client({ ...headers, forwarded: 'for=192.0.2.1;proto=http', 'x-forwarded-proto': 'https' })[1],
    ).toBe('http')
    expect(client({ ...headers, 'x-forwarded-proto': 'https' })).toEqual(['192.0.2.1', 'https'])
  })

  it('of two headers the one that is named is believed, whatever the other says', () => {
    const headers = { forwarded: 'for=10.0.0.9;proto=https', 'x-forwarded-for': '192.0.2.1' }
    expect(client(headers, 'X-Forwarded-For')).toEqual(['192.0.2.1', undefined])
    expect(client(headers, 'Forwarded')).toEqual(['10.0.0.9', 'https'])
    expect(client({ forwarded: 'for=192.0.2.1' }, 'X-Forwarded-For')).toEqual([PROXY, undefined])
    expect(client({ 'x-forwarded-for': '192.0.2.1' }, 'Forwarded')).toEqual([PROXY, undefined])
  })

  it('nothing that the caller sends changes its address', () => {
    const sent = fc.string({ unit: fc.constantFrom(...'10.:,;"[] for=proto%'.split('')), maxLength: 40 })
    fc.assert(
      fc.property(sent, fc.constantFrom('192.0.2.1', '2001:db8::1'), (text, address) => {
        expect(client({ 'x-forwarded-for': `${text}, ${address}` })[0]).toBe(address)
        const node = address.includes(':') ? `"[${address}]"` : address
        expect(client({ forwarded: `${text}, for=${node};proto=http` })).toEqual([address, 'http'])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a Host', () => {
  it.each([
    'localhost',
    'LOCALHOST:3000',
    'app.localhost',
    'a.b.localhost:80',
    '127.0.0.1',
    '127.1.2.3:3000',
    '[::1]',
    '[::1]:3000',
    '[::ffff:127.0.0.1]',
  ])('%s names this machine', (host) => expect(isLoopbackHost(host)).toBe(true))

  it.each([
    '',
    'localhost.example.com',
    'notlocalhost',
    'example.com',
    '127.0.0.1.example.com',
    '128.0.0.1',
    '127.1',
    '[::2]',
    '10.0.0.1',
    'localhost:',
    'localhost:x',
    'localhost/',
    'evil@localhost',
    'a b.localhost',
    '[127.0.0.1',
    '2130706433',
  ])('%j does not', (host) => expect(isLoopbackHost(host)).toBe(false))
})
