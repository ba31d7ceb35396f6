import { describe, expect, it } from 'vitest'
import { parseSignedHeaders, readHeaders, type SignedHeaders } from '../../src/authorize/signed-headers.js'
import { fc } from '../laws.js'

function signed(): SignedHeaders {
  const headers = parseSignedHeaders('accept;host;x-amz-date')
  if (!('names' in headers)) throw new Error(headers.detail)
  return headers
}

const NAMES = [
  'Host',
  'host',
  'X-Amz-Date',
  'x-amz-date',
  'Accept',
  'accept',
  'Cookie',
  'X-Amz-Meta',
  'Content-Length',
]
const VALUES = ['one', 'two', ' three', 'four  five', '0', '7', '']

/** As a caller sends them, often: each of the signed ones, and some more, in any order. */
const fields = fc
  .tuple(
    fc.constantFrom('Host', 'host'),
    fc.constantFrom('X-Amz-Date', 'x-amz-date'),
    fc.constantFrom('Accept', 'accept'),
    fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }),
  )
  .chain(([host, date, accept, more]) => fc.shuffledSubarray([host, date, accept, ...more], { minLength: 2 }))
  .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.constantFrom(...VALUES)))))
  .map((pairs) => pairs.flat())

describe('the headers of a signed request', () => {
  it('are read as they are, whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 2, maxLength: 12 }), (requests) => {
        const remembered = signed()
        for (const raw of [...requests, ...requests]) {
          expect(readHeaders(raw, remembered)).toEqual(readHeaders(raw, signed()))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of which none is sent twice are found where they stood before', () => {
    const headers = signed()
    readHeaders(['Accept', '*/*', 'Host', 'one', 'X-Amz-Date', 'two'], headers)
    expect(headers.layout).toEqual({
      spellings: ['Accept', 'Host', 'X-Amz-Date'],
      signed: [1, 3, 5],
      noted: [3, -1, -1, 5, -1, -1],
    })
    const again = readHeaders(['Accept', 'text/html', 'Host', 'three', 'X-Amz-Date', 'four'], headers)
    expect(again).toMatchObject({
      canonical: '\naccept:text/html\nhost:three\nx-amz-date:four',
      amzDate: 'four',
    })
  })
})
