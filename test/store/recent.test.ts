import { describe, expect, it } from 'vitest'
import { Recent } from '../../src/store/recent.js'
import { fc } from '../laws.js'

describe('a table of what was asked for lately', () => {
  it('holds no more than it may, whatever is asked', () => {
    const asked = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 })), { maxLength: 300 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), asked, (most, calls) => {
        const written = new Set(calls.flatMap(([sets, key]) => (sets ? [key] : [])))
        // Asking changes what is held: each is asked of a table of its own.
        let held = 0
        for (let key = 0; key <= 40; key++) {
          const other = new Recent<number, string>(most)
          for (const [sets, each] of calls) sets ? other.set(each, `v${each}`) : other.get(each)
          const found = other.get(key)
          expect(found === undefined || written.has(key)).toBe(true)
          if (found !== undefined) held++
        }
        expect(held).toBeLessThanOrEqual(2 * Math.ceil(most / 2))
      }),
    )
  })

  it('keeps the last half as many for certain, and what is asked for again and again', () => {
    const table = new Recent<number, number>(10)
    table.set(-1, -1)
    for (let key = 0; key < 100; key++) {
      table.set(key, key)
      expect(table.get(-1)).toBe(-1)
    }
    expect([96, 97, 98, 99].map((key) => table.get(key))).toEqual([96, 97, 98, 99])
    expect(table.get(0)).toBeUndefined()
  })

  it('gives the newest value, and nothing once it is cleared', () => {
    const table = new Recent<string, number>(4)
    table.set('a', 1)
    table.set('a', 2)
    expect(table.get('a')).toBe(2)
    table.clear()
    expect(table.get('a')).toBeUndefined()
  })
})
