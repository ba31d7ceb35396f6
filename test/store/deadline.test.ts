import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { staysAlive, within } from '../../src/store/deadline.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a deadline', () => {
  it('is never early, and late by a little more than a thirty-second of its time at most', () => {
    for (const wait of [0, 1, 37, 500, 999]) {
      vi.advanceTimersByTime(wait)
      let late = false
      within(3_200, () => {
        late = true
      })
      vi.advanceTimersByTime(3_199)
      expect(late).toBe(false)
      vi.advanceTimersByTime(3_200 / 32 + 1)
      expect(late).toBe(true)
    }
  })

  it('that is cancelled is not told of, others of the same time are', () => {
    const told: string[] = []
    const one = within(640, () => told.push('one'))
    within(640, () => told.push('two'))
    one.cancel()
    vi.advanceTimersByTime(1_000)
    expect(told).toEqual(['two'])
  })

  it('that is set behind a test with timers of its own is told of all the same', async () => {
    within(10, () => {})
    vi.useRealTimers()
    await new Promise<void>((resolve) => within(10, resolve))
  })

  it('leaves no timer behind once nobody waits', () => {
    within(320, () => {}).cancel()
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(11)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a process in which something is waited for', () => {
  it('stays as long as that is so, and no longer', () => {
    vi.useRealTimers()
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const [one, two] = [staysAlive(), staysAlive()]
    expect(timers()).toBe(before + 1)
    one()
    one()
    expect(timers()).toBe(before + 1)
    two()
    expect(timers()).toBe(before)
  })
})
