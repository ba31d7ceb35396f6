/** What Node does not tell of a certificate, read from its bytes. */

import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { extensionsOf, limitsOf, pathLengthOf } from '../../src/authorize/extensions.js'
import { fc } from '../laws.js'
import { identifier, integer, root, sequence, tlv } from './certificates.js'

const TRUE = tlv(0x01, Buffer.from([0xff]))
const FALSE = tlv(0x01, Buffer.from([0]))
const VALUE = tlv(0x04, Buffer.from('v'))
const NAME = identifier('2.5.29.19')

/** A certificate with nothing but these extensions. */
function having(...extensions: Uint8Array[]): Buffer {
  return sequence(sequence(integer(Buffer.from([7])), tlv(0xa3, sequence(...extensions))))
}

function read(raw: Uint8Array) {
  const found = extensionsOf(raw)
  return (
    found && [...found].map(([oid, { critical, value }]) => [oid, critical, Buffer.from(value).toString()])
  )
}

describe('the extensions of a certificate', () => {
  it('are read from those that the world trusts', () => {
    const all = rootCertificates.map((pem) => new X509Certificate(pem))
    for (const each of all) expect([each.subject, limitsOf(each).fault]).toEqual([each.subject, undefined])
    const lengths = new Set(all.map((each) => limitsOf(each).pathLength))
    expect(lengths).toContain(Number.POSITIVE_INFINITY)
    expect([...lengths].every((length) => length >= 0)).toBe(true)
  })

  it('have a name, a mark and a value', () => {
    expect(read(having(sequence(NAME, VALUE)))).toEqual([['2.5.29.19', false, 'v']])
    expect(read(having(sequence(NAME, FALSE, VALUE)))).toEqual([['2.5.29.19', false, 'v']])
    expect(read(having(sequence(NAME, TRUE, VALUE), sequence(identifier('1.2.840.113549'), VALUE)))).toEqual([
      ['2.5.29.19', true, 'v'],
      ['1.2.840.113549', false, 'v'],
    ])
    for (const oid of ['0.9', '1.39.1', '2.40', '2.999.3', '1.3.6.1.4.1.2147483647.128'])
      expect(read(having(sequence(identifier(oid), VALUE)))).toEqual([[oid, false, 'v']])
  })

  it('are none in certificates of version 1', () => {
    expect(read(sequence(sequence(integer(Buffer.from([7])))))).toEqual([])
  })

  it('are looked for in their place only', () => {
    const inside = tlv(0xa3, sequence(sequence(NAME, TRUE, VALUE)))
    expect(read(sequence(sequence(integer(inside), sequence(inside))))).toEqual([])
  })

  it.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('certificate')],
    ['no certificate', sequence(tlv(0x04, Buffer.from('v')))],
    ['one that comes twice', having(sequence(NAME, TRUE, VALUE), sequence(NAME, VALUE))],
    ['one without a name', having(sequence(VALUE))],
    ['one whose name is empty', having(sequence(tlv(0x06), VALUE))],
    ['a name that breaks off', having(sequence(tlv(0x06, Buffer.from([0x55, 0x9d])), VALUE))],
    [
      'a name in a longer spelling',
      having(sequence(tlv(0x06, Buffer.from([0x55, 0x1d, 0x80, 0x13])), VALUE)),
    ],
    ['one without a value', having(sequence(NAME, TRUE))],
    ['one with two marks', having(sequence(NAME, TRUE, TRUE, VALUE))],
    ['a mark that is none', having(sequence(NAME, integer(Buffer.from([1])), VALUE))],
    ['a mark of no length', having(sequence(NAME, tlv(0x01), VALUE))],
    ['one that is no sequence', having(NAME)],
    ['a list that is none', sequence(sequence(tlv(0xa3, NAME)))],
    ['no list', sequence(sequence(tlv(0xa3)))],
    ['something cut off', having(sequence(NAME, TRUE, VALUE)).subarray(0, 20)],
    ['a length without its end', Buffer.from([0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0])],
    ['a length in too many bytes', Buffer.from([0x30, 0x81, 0x02, 0x30, 0x00])],
    [
      'a length that begins with nought',
      Buffer.from([0x30, 0x82, 0x00, 0x80, ...sequence(), ...Buffer.alloc(126)]),
    ],
    ['a length that no memory has', Buffer.from([0x30, 0x85, 1, 0, 0, 0, 0])],
    ['a length that is cut off', Buffer.from([0x30, 0x82, 0x01])],
    ['a tag of several bytes', sequence(sequence(Buffer.from([0x1f, 0x01, 0x00])))],
  ])('are not read from %s', (_, raw) => {
    expect(extensionsOf(raw)).toBeUndefined()
  })

  it('are read, or not, from anything at all', () => {
    const { raw } = root('CN=Root', { pathLength: 3 }).certificate
    fc.assert(
      fc.property(fc.nat(raw.length - 1), fc.nat(255), fc.nat(raw.length), (at, byte, length) => {
        const broken = Buffer.from(raw)
        broken[at] = byte
        extensionsOf(broken)
        expect(length < raw.length && extensionsOf(raw.subarray(0, length))).toBeFalsy()
      }),
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void extensionsOf(bytes)))
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void pathLengthOf(bytes)))
  })
})

describe('how many authorities may be below one', () => {
  const number = (...bytes: number[]) => integer(Buffer.from(bytes))
  it.each<[string, Uint8Array, number | undefined]>([
    ['any', sequence(TRUE), Number.POSITIVE_INFINITY],
    ['any, of what is no authority', sequence(), Number.POSITIVE_INFINITY],
    ['none', sequence(TRUE, number(0)), 0],
    ['three', sequence(TRUE, number(3)), 3],
    ['three, where nothing is said before', sequence(number(3)), 3],
    ['many', sequence(TRUE, number(0x01, 0x00, 0x02)), 65_538],
    ['less than none', sequence(TRUE, number(0xff)), undefined],
    ['more than there are', sequence(TRUE, number(1, 0, 0, 0, 0)), undefined],
    ['no number', sequence(TRUE, number()), undefined],
    ['a text', sequence(TRUE, VALUE), undefined],
    ['two numbers', sequence(TRUE, number(3), number(0)), undefined],
    ['nothing', Buffer.alloc(0), undefined],
    ['something more', Buffer.concat([sequence(TRUE), TRUE]), undefined],
  ])('is %s', (_, value, length) => {
    expect(pathLengthOf(value)).toBe(length)
  })
})
