import { describe, expect, test } from 'vitest'
import { checkRuntime } from '../../src/control/check/runtime.js'
import type { Runtime } from '../../src/definition.js'
import { memoryStore } from '../../src/store/memory.js'

const faultsOf = (runtime: unknown) =>
  checkRuntime(runtime as Runtime).map(
    ({ code, path, message, fix }) => `${code} ${path}: ${message} | ${fix}`,
  )

const CALLABLE = 'is not a function | Give a function, or leave it out.'

describe('what the gateway runs with', () => {
  test('has no faults where nothing is wrong', () => {
    class Clock {
      now() {
        return 0
      }
    }
    const fn = () => undefined
    expect(
      faultsOf({
        clock: new Clock(),
        ids: fn,
        random: fn,
        store: memoryStore(),
        keys: { find: fn },
        trustProxy: ['loopback', '10.0.0.0/8', '::1'],
        httpsOnly: false,
        whenStoreFails: 'admit',
        storeTimeout: '1s',
        onRecord: fn,
        onRefusal: fn,
        onError: fn,
      }),
    ).toEqual([])
    expect(faultsOf({ routes: 'are no business of this one' })).toEqual([])
    expect(faultsOf(null)).toEqual([])
  })

  test.each<[string, object, string[]]>([
    [
      'a clock without now()',
      { clock: {} },
      ['WRONG_TYPE clock: is not a clock: it has no now() | Give an object with now().'],
    ],
    [
      'a store of nothing',
      { store: 5 },
      [
        'WRONG_TYPE store.counters: is not counters: it has no counter(), take(), usage(), setRemaining() and forget() | Give an object with counter(), take(), usage(), setRemaining() and forget().',
        'WRONG_TYPE store.records: is not records: it has no get(), put(), write() and list() | Give an object with get(), put(), write() and list().',
      ],
    ],
    [
      'records that cannot list',
      { store: { ...memoryStore(), records: { get() {}, put() {}, write() {} } } },
      ['WRONG_TYPE store.records: is not records: it has no list() | Give an object with list().'],
    ],
    [
      'a table of keys without find()',
      { keys: new Map() },
      ['WRONG_TYPE keys: is not a table of API keys: it has no find() | Give an object with find().'],
    ],
    [
      'what are no functions',
      { ids: 1, random: 2, onRecord: 3, onRefusal: 4, onError: 5 },
      [
        `WRONG_TYPE ids: 1 ${CALLABLE}`,
        `WRONG_TYPE random: 2 ${CALLABLE}`,
        `WRONG_TYPE onRecord: 3 ${CALLABLE}`,
        `WRONG_TYPE onRefusal: 4 ${CALLABLE}`,
        `WRONG_TYPE onError: 5 ${CALLABLE}`,
      ],
    ],
    [
      'httpsOnly as a text',
      { httpsOnly: 'yes' },
      ["WRONG_TYPE httpsOnly: 'yes' is not a boolean | Write true or false."],
    ],
    [
      'no way to fail',
      { whenStoreFails: 'locl' },
      [
        "VALUE_INVALID whenStoreFails: 'locl' is not one of 'local', 'refuse', 'admit' | Did you mean `local`?",
      ],
    ],
    [
      'a store that never times out',
      { storeTimeout: 0 },
      [
        "DURATION_INVALID storeTimeout: 0 is shorter than 1 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
      ],
    ],
    [
      'proxies as a text',
      { trustProxy: 'loopback' },
      ["WRONG_TYPE trustProxy: 'loopback' is not a list of addresses | Write ['loopback']."],
    ],
    [
      'a getter that throws',
      {
        get clock() {
          throw new Error('no')
        },
      },
      ['UNREADABLE clock: reading it failed | Give the value itself instead of a getter or a proxy.'],
    ],
  ])('%s is told', (_, runtime, faults) => {
    expect(faultsOf(runtime)).toEqual(faults)
  })

  test('a header of proxies is one of two, and of proxies that there are', () => {
    expect(faultsOf({ trustProxy: ['loopback'], proxyHeader: 'Forwarded' })).toEqual([])
    expect(faultsOf({ proxyHeader: 'Forwarded' })).toEqual([
      "REQUIRED proxyHeader: is believed from proxies of `trustProxy` only, and there are none | Give `trustProxy: ['10.0.0.0/8']`, the addresses of your proxies, or leave it out.",
    ])
    expect(faultsOf({ trustProxy: ['loopback'], proxyHeader: 'X-Real-IP' })).toEqual([
      expect.stringContaining("'X-Forwarded-For' or 'Forwarded'"),
    ])
  })

  test('a proxy that is no address is told by its place', () => {
    expect(faultsOf({ trustProxy: ['::1', 'nginx'] })).toEqual([
      expect.stringMatching(
        /^ADDRESS_INVALID trustProxy\[1\]: .+ \| Write an address, a CIDR block such as '10\.0\.0\.0\/8', or 'loopback'\.$/,
      ),
    ])
  })
})
