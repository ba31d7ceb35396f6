import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { PosternError } from '../../src/errors.js'
import type { Counter, Counters, Records, Taken } from '../../src/store/contract.js'
import { type GuardOptions, guarded, guardedRecords } from '../../src/store/guarded.js'
import { memoryStore } from '../../src/store/memory.js'

const START = Date.UTC(2026, 0, 15, 12)
const LIMIT = { kind: 'bucket', rate: 0, burst: 2 } as const

/** Counters that do as they are told. */
function troubled() {
  const { counters } = memoryStore()
  const asked: ('take' | 'usage')[] = []
  let answer: (taken: () => Taken) => Taken | Promise<Taken> = (taken) => taken()
  const store: Counters = {
    counter: (...args) => counters.counter(...args),
    take: (all, now) => {
      asked.push('take')
      return answer(() => counters.take(all, now))
    },
    usage: () => new Promise(() => {}),
    setRemaining: () => {
      throw new Error('read only')
    },
    forget: (counter) => counters.forget(counter),
  }
  return { store, asked, behave: (how: typeof answer) => (answer = how) }
}

const hangs = () => new Promise<Taken>(() => {})
const fails = () => {
  throw new Error('connection reset')
}
const rejects = () => Promise.reject(new Error('READONLY'))

function setUp(whenStoreFails: GuardOptions['whenStoreFails']) {
  const trouble = troubled()
  const told: PosternError[] = []
  const local = memoryStore().counters
  let at = START
  const counters = guarded(trouble.store, local, {
    clock: { now: () => at },
    whenStoreFails,
    timeout: 50,
    onError: (error) => told.push(error),
  })
  const counter: Counter = counters.counter('plan', 'k', LIMIT)
  const take = (now = START) => {
    at = now
    return counters.take([counter], now)
  }
  const pass = (ms: number) => {
    at += ms
  }
  return { ...trouble, counters, counter, local, take, pass, told, codes: () => told.map(({ code }) => code) }
}

describe('a guarded store', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('gives on at once what is there at once', () => {
    const { take, told } = setUp('refuse')
    expect(take()).toMatchObject({ refusedBy: -1, remaining: [1] })
    expect(vi.getTimerCount()).toBe(0)
    expect(told).toEqual([])
  })

  it('waits for what comes in time, and leaves no timer behind', async () => {
    const { take, behave, told } = setUp('refuse')
    behave(async (taken) => taken())
    expect(await take()).toMatchObject({ refusedBy: -1, remaining: [1] })
    expect(vi.getTimerCount()).toBe(0)
    expect(told).toEqual([])
  })

  it.each([
    ['throws', fails, 'connection reset'],
    ['rejects', rejects, 'READONLY'],
    ['hangs', hangs, 'no answer within 50 ms'],
  ])('that %s is replaced by the counters of this process', async (_, how, reason) => {
    const { take, behave, told, local } = setUp('local')
    behave(how)
    const first = Promise.resolve(take())
    await vi.advanceTimersByTimeAsync(50)
    expect(await first).toMatchObject({ refusedBy: -1, remaining: [1] })
    expect(await take()).toMatchObject({ refusedBy: -1, remaining: [0] })
    expect(await take()).toMatchObject({ refusedBy: 0 })
    expect(local.tracked).toBe(1)
    expect(told.map(({ message }) => message)).toEqual([`the store failed at 'take': ${reason}`])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that hangs is replaced by counters that go by the time of then, and not of when it was asked', async () => {
    const { take, behave, local, pass } = setUp('local')
    behave(hangs)
    const taking = vi.spyOn(local, 'take')
    const first = Promise.resolve(take())
    pass(50)
    await vi.advanceTimersByTimeAsync(50)
    await first
    expect(taking.mock.lastCall?.[1]).toBe(START + 50)
  })

  it('that fails refuses where it is to', async () => {
    const { take, behave } = setUp('refuse')
    behave(fails)
    expect(() => take()).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }))
    expect(() => take()).toThrow(PosternError)
    behave(hangs)
    const answer = expect((async () => take(START + 1000))()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    await vi.advanceTimersByTimeAsync(50)
    await answer
  })

  it('that fails admits where it is to', () => {
    const { take, behave } = setUp('admit')
    behave(fails)
    for (let n = 0; n < 5; n++) {
      expect(take()).toEqual({
        refusedBy: -1,
        wait: 0,
        remaining: [Number.POSITIVE_INFINITY],
        reset: [0],
        observed: [],
      })
    }
  })

  it('is left alone for a second, then probed by one call; who watches is told once and once', async () => {
    const { take, behave, asked, codes } = setUp('admit')
    behave(hangs)
    const first = take()
    await vi.advanceTimersByTimeAsync(50)
    await first
    for (let ms = 0; ms < 1000; ms += 100) take(START + ms)
    expect(asked).toHaveLength(1)
    const probe = take(START + 1000)
    expect(take(START + 1001)).not.toBeInstanceOf(Promise)
    expect(asked).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(50)
    await probe
    expect(take(START + 1500)).not.toBeInstanceOf(Promise)
    expect(asked).toHaveLength(2)
    expect(codes()).toEqual(['STORE_UNAVAILABLE'])
    behave((taken) => taken())
    take(START + 2001)
    take(START + 2001)
    expect(asked).toHaveLength(4)
    expect(codes()).toEqual(['STORE_UNAVAILABLE', 'STORE_RECOVERED'])
  })

  it('is probed again when the clock was set back', () => {
    const { take, behave, asked } = setUp('admit')
    behave(fails)
    take()
    behave((taken) => taken())
    take(START - 3_600_000)
    expect(asked).toHaveLength(2)
  })

  it('is one outage for all calls that were under way, and what they bring later is dropped', async () => {
    const { take, behave, codes } = setUp('admit')
    const late: (() => void)[] = []
    behave(
      (taken) =>
        new Promise((resolve, reject) =>
          late.push(() => (late.length % 2 ? resolve(taken()) : reject(new Error()))),
        ),
    )
    const all = Array.from({ length: 5 }, () => take())
    await vi.advanceTimersByTimeAsync(50)
    await Promise.all(all)
    behave((taken) => taken())
    take(START + 1000)
    while (late.length > 0) late.pop()?.()
    await vi.advanceTimersByTimeAsync(1)
    expect(codes()).toEqual(['STORE_UNAVAILABLE', 'STORE_RECOVERED'])
  })

  it('is not taken for away again because of a call from before it was back', async () => {
    const { take, behave, codes } = setUp('admit')
    behave(hangs)
    const early = take()
    behave(fails)
    take()
    behave((taken) => taken())
    take(START + 1000)
    await vi.advanceTimersByTimeAsync(50)
    expect(await early).toMatchObject({ refusedBy: -1 })
    expect(codes()).toEqual(['STORE_UNAVAILABLE', 'STORE_RECOVERED'])
  })

  it('never guesses usage: it fails in time', async () => {
    const { counters, counter } = setUp('admit')
    const usage = expect(counters.usage(counter, '2026-01-01', '2026-01-31', START)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `the store failed at 'usage': no answer within 50 ms`,
    })
    await vi.advanceTimersByTimeAsync(50)
    await usage
    expect(() => counters.setRemaining(counter, 1, START)).toThrow(
      `the store failed at 'setRemaining': read only`,
    )
  })

  it('waits as long as it is told, however long that is', async () => {
    const { store } = troubled()
    const slow = guarded({ ...store, usage: async () => [] }, store, {
      clock: systemClock,
      whenStoreFails: 'refuse',
      timeout: Number.POSITIVE_INFINITY,
      onError: () => {},
    })
    expect(await slow.usage(slow.counter('plan', 'k', LIMIT), '', '', START)).toEqual([])
  })
})

describe('guarded records', () => {
  it('fail in time, with the reason', async () => {
    const away: Records = {
      get: () => new Promise(() => {}),
      put: () => Promise.reject(new Error('READONLY')),
      write: () => {
        throw new Error('closed')
      },
      list: () => [],
    }
    const records = guardedRecords(away, { timeout: 10 })
    await expect(records.get('key', 'k')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(records.put('key', 'k', 1)).rejects.toThrow(`the store failed at 'put': READONLY`)
    expect(() => records.write([])).toThrow(`the store failed at 'write': closed`)
    expect(records.list('key', '', 1)).toEqual([])
  })
})
