/** The gateway's headers, put where Node looks for them: nobody sees that they were not set one by one. */
import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { place } from '../../adapters/outgoing.js'
import { setHeaders } from '../../adapters/write.js'

// biome-ignore format: names and values in turn
const TOLD = ['x-amzn-RequestId', '2f0c', 'RateLimit-Policy', '"throttle";q=5;w=1', 'RateLimit', '"throttle";r=4;t=1']
/** Since then Node does by itself what is done for it here. */
const NEEDED = Number(process.versions.node.split('.')[0]) < 26

function response(before: OutgoingHttpHeaders = {}): ServerResponse {
  const res = new ServerResponse(new IncomingMessage(new Socket()))
  res.sendDate = false
  for (const [name, value] of Object.entries(before)) if (value !== undefined) res.setHeader(name, value)
  return res
}

/** As it is without any of this. */
function setByOne(res: ServerResponse, headers: readonly string[]): void {
  for (let index = 0; index < headers.length; index += 2)
    res.setHeader(headers[index] ?? '', headers[index + 1] ?? '')
}

const NAMES = [
  'RateLimit',
  'ratelimit',
  'X-Amzn-Requestid',
  'RATELIMIT-POLICY',
  'constructor',
  'toString',
  'X-Own',
]
const name = fc.constantFrom(...NAMES, '__proto__', 'Content-Type')
const value = fc.constantFrom('1', 'two')

type Deed = (res: ServerResponse & { getRawHeaderNames?: () => string[] }) => unknown
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(name, value).map(
    ([name, value]): Deed =>
      (res) =>
        res.setHeader(name, value) === res,
  ),
  fc.tuple(name, value).map(
    ([name, value]): Deed =>
      (res) =>
        res.appendHeader(name, value) === res,
  ),
  name.map(
    (name): Deed =>
      (res) =>
        res.removeHeader(name),
  ),
  name.map(
    (name): Deed =>
      (res) =>
        res.getHeader(name),
  ),
  name.map(
    (name): Deed =>
      (res) =>
        res.hasHeader(name),
  ),
  fc.constant<Deed>((res) => res.getHeaders()),
  fc.constant<Deed>((res) => [res.getHeaderNames(), res.getRawHeaderNames?.()]),
)
const given = fc.oneof(
  fc.constant(undefined),
  fc.array(fc.tuple(name, value)).map((pairs) => Object.fromEntries(pairs)),
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([name]) => name.toLowerCase() })
    .map((pairs) => pairs.flat()),
)

/** What a response says when all of that has been done to it, and the head that it sends. */
function outcome(
  res: ServerResponse,
  deeds: readonly Deed[],
  fields: OutgoingHttpHeaders | string[] | undefined,
) {
  const seen = deeds.map((each) => each(res))
  res.writeHead(200, 'OK', fields)
  return { seen, head: (res as unknown as { _header: string })._header }
}

describe('the headers of the gateway', () => {
  test('are put where this version of Node keeps them, in a form that is read quickly', () => {
    expect(place(response(), TOLD)).toBe(NEEDED ? 6 : 0)
    expect(place(response({ 'X-Powered-By': 'Express' }), TOLD)).toBe(NEEDED ? 6 : 0)
    expect(place(response(), ['x-amzn-RequestId', '2f0c', 'Cache-Status', 'postern; hit'])).toBe(
      NEEDED ? 2 : 0,
    )
  })

  test('are to the app as if each had been set', () => {
    const lists = fc.constantFrom(TOLD, TOLD.slice(0, 2), [...TOLD, 'vary', 'Origin'])
    const before = fc.constantFrom({}, { 'X-Powered-By': 'Express' }, { ratelimit: 'mine', Vary: 'accept' })
    fc.assert(
      fc.property(lists, before, fc.array(deed), given, (list, before, deeds, fields) => {
        const [placed, plain] = [response(before), response(before)]
        setHeaders(placed, list)
        // What varies by more varies by all of it, which is another matter.
        setByOne(
          plain,
          before.Vary !== undefined
            ? list.map((text) => (text === 'Origin' ? 'accept, Origin' : text))
            : list,
        )
        expect(outcome(placed, deeds, fields)).toEqual(outcome(plain, deeds, fields))
      }),
      { numRuns: 2_000 },
    )
  })

  test("of a second gate take the place of the first one's", () => {
    const res = response()
    setHeaders(res, TOLD)
    res.setHeader('X-Own', '1')
    setHeaders(res, ['x-amzn-RequestId', '3d1e', ...TOLD.slice(2, 5), '"throttle";r=3;t=1'])
    expect(res.getHeaders()).toEqual({
      'x-amzn-requestid': '3d1e',
      'ratelimit-policy': '"throttle";q=5;w=1',
      ratelimit: '"throttle";r=3;t=1',
      'x-own': '1',
    })
  })

  test('are told to whoever has taken the place of `setHeader`', () => {
    const res = response()
    const heard: string[] = []
    const { setHeader } = res
    res.setHeader = (name, value) => {
      heard.push(name)
      return Reflect.apply(setHeader, res, [name, value])
    }
    setHeaders(res, TOLD)
    expect(heard).toEqual(['x-amzn-RequestId', 'RateLimit-Policy', 'RateLimit'])
    expect(res.getHeader('ratelimit')).toBe('"throttle";r=4;t=1')
  })

  test("are set on what is no response of Node's, like the doubles of tests", () => {
    const set = new Map<string, string>()
    const double = {
      setHeader: (name: string, value: string) => set.set(name, value),
      hasHeader: () => false,
    }
    setHeaders(double as unknown as ServerResponse, TOLD)
    expect([...set]).toHaveLength(3)
  })
})
