/** Keys of signatures: derived once for a day, and never compared in a time that tells how far a guess was right. */
import { testClock } from 'postern/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SigningKeys } from '../../src/authorize/signing-key.js'
import {
  ask,
  CALLER,
  CREDENTIAL,
  NOW,
  type RawRequest,
  sign,
  signedGateway,
  type Unsigned,
} from './signing.js'

/** As the gateway has it: its functions can be watched there. */
const crypto = process.getBuiltinModule('node:crypto')

afterEach(() => void vi.restoreAllMocks())

describe('the key of a signature', () => {
  const OTHER = { accessKeyId: 'AKIDOTHER', secretAccessKey: 'another' }
  const NEXT_DAY = '20260201T120000Z'
  /** One for each part of the scope: day, region, service, and what ends it. */
  const DERIVATION = 4

  function counting() {
    const clock = testClock(NOW)
    let secret = CALLER.secretAccessKey
    const gateway = signedGateway({
      clock,
      credentials: (id) => ({
        ...CREDENTIAL,
        secretAccessKey: id === CALLER.accessKeyId ? secret : OTHER.secretAccessKey,
      }),
    })
    /** How often keys are derived for a request that is admitted. `aws4` derives its own before that. */
    const derivations = async (unsigned: Unsigned = {}) => {
      const request = sign(unsigned)
      const hmacs = vi.spyOn(crypto, 'createHmac')
      expect(await ask(gateway, request)).toMatchObject({ status: 200 })
      const { length } = hmacs.mock.calls
      hmacs.mockRestore()
      return length / DERIVATION
    }
    return { clock, derivations, rotate: (to: string) => (secret = to) }
  }

  it('is derived for the first request of a day, and for none after it', async () => {
    const { clock, derivations } = counting()
    expect(await derivations()).toBe(1)
    for (const target of ['/pets/8', '/pets/9?a=1', '/']) expect(await derivations({ target })).toBe(0)
    expect(await derivations({ method: 'POST', body: '{}' })).toBe(0)
    expect(await derivations({ presigned: true })).toBe(0)
    clock.advance('1d')
    expect(await derivations({ timestamp: NEXT_DAY })).toBe(1)
    expect(await derivations({ timestamp: NEXT_DAY })).toBe(0)
  })

  it('is another one for another caller, and for another secret of the same', async () => {
    const { derivations, rotate } = counting()
    expect(await derivations()).toBe(1)
    expect(await derivations({ caller: OTHER })).toBe(1)
    expect(await derivations()).toBe(0)
    rotate('renewed')
    const caller = { ...CALLER, secretAccessKey: 'renewed' }
    expect(await derivations({ caller })).toBe(1)
    expect(await derivations({ caller })).toBe(0)
    expect(await derivations({ caller: OTHER })).toBe(0)
  })

  it.each(['20260201/us-east-1/execute-api', '20260131/eu-central-1/execute-api', '20260131/us-east-1/s3'])(
    'is another one in the scope %s',
    (scope) => {
      const keys = new SigningKeys()
      const of = (text: string) => {
        const [date = '', region = '', service = ''] = text.split('/')
        const parts = { accessKeyId: CALLER.accessKeyId, date, region, service, terminator: 'aws4_request' }
        const whole = `${text}/aws4_request`
        return keys.of({ ...parts, text: `${CALLER.accessKeyId}/${whole}`, scope: whole }, 'secret')
      }
      const known = of('20260131/us-east-1/execute-api')
      expect(of('20260131/us-east-1/execute-api')).toBe(known)
      expect(of(scope)).not.toBe(known)
      const signature = (text: string) => of(text).sign('20260131T120000Z', '0'.repeat(64))
      expect(signature(scope)).not.toBe(signature('20260131/us-east-1/execute-api'))
    },
  )
})

describe('what a caller claims', () => {
  const TOKEN = 'FwoGZXIvYXdzEXAMPLE'
  const gateway = signedGateway()
  const temporary = signedGateway({ credentials: () => ({ ...CREDENTIAL, sessionToken: TOKEN }) })
  const statuses = async (...requests: readonly RawRequest[]) => {
    const told = await Promise.all(requests.map((request) => ask(gateway, request)))
    return told.map(({ status }) => status)
  }
  /** A request with a digit of its signature changed, counted from the front. */
  const wrongAt = (place: number) =>
    sign().altered('authorization', (text) => {
      const at = text.length - 64 + place
      return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`
    })

  it('is compared in constant time: all of a signature, wherever it is wrong', async () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual')
    expect(await statuses(sign(), wrongAt(0), wrongAt(31), wrongAt(63))).toEqual([200, 403, 403, 403])
    expect(compare.mock.calls.map(([given, own]) => [given.byteLength, own.byteLength])).toEqual(
      new Array(4).fill([64, 64]),
    )
  })

  it('is compared in no other way', async () => {
    vi.spyOn(crypto, 'timingSafeEqual').mockReturnValue(true)
    expect(await statuses(sign(), wrongAt(0), wrongAt(63))).toEqual([200, 200, 200])
    vi.spyOn(crypto, 'timingSafeEqual').mockReturnValue(false)
    expect(await statuses(sign())).toEqual([403])
  })

  it('of a session is compared so as well', async () => {
    const wrong = sign({ sessionToken: TOKEN.replace(/.$/, 'x') })
    expect((await ask(temporary, wrong)).status).toBe(403)
    vi.spyOn(crypto, 'timingSafeEqual').mockReturnValue(true)
    expect((await ask(temporary, wrong)).status).toBe(200)
  })
})
