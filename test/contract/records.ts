/** What every implementation of `Records` passes. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json, Records } from '../../src/store/contract.js'

export function recordsContract(name: string, make: () => Records | Promise<Records>): void {
  describe(`${name} keeps the records' contract`, () => {
    let records: Records

    beforeEach(async () => {
      records = await make()
    })

    const ids = async (after = '', limit = 100) =>
      (await records.list('key', after, limit)).map(({ id }) => id)
    const fill = async (...all: string[]) => {
      for (const id of all) await records.put('key', id, { id })
    }

    it('gives back what was put, by kind and id', async () => {
      const value: Json = {
        name: 'acme',
        plans: ['free'],
        rate: 0.5,
        on: true,
        none: null,
        deep: [{ a: [1, 'x'] }],
      }
      await records.put('key', 'k1', value)
      expect(await records.get('key', 'k1')).toEqual(value)
      expect(await records.get('key', 'k2')).toBeUndefined()
      expect(await records.get('plan', 'k1')).toBeUndefined()
    })

    it('keeps any JSON, null and false too', async () => {
      for (const value of [null, false, 0, '', [], {}]) {
        await records.put('odd', 'one', value)
        expect(await records.get('odd', 'one')).toEqual(value)
        expect(await records.list('odd', '', 9)).toEqual([{ id: 'one', value }])
      }
    })

    it('replaces what was there', async () => {
      await records.put('key', 'k1', 1)
      await records.put('key', 'k1', 2)
      expect(await records.list('key', '', 9)).toEqual([{ id: 'k1', value: 2 }])
    })

    it('keeps kinds and ids of any name', async () => {
      for (const id of ['__proto__', 'constructor', 'a b', 'ü', '*', '{}']) {
        await records.put(id, id, { id })
        expect(await records.get(id, id)).toEqual({ id })
        expect(await records.list(id, '', 9)).toEqual([{ id, value: { id } }])
      }
    })

    it('is not changed by who changes the value that was put', async () => {
      const value = { plans: ['free'] }
      await records.put('key', 'k1', value)
      value.plans.push('gold')
      expect(await records.get('key', 'k1')).toEqual({ plans: ['free'] })
    })

    it('is not changed by who changes a value that was given out', async () => {
      await records.put('key', 'k1', { plans: ['free'] })
      const read = await records.get('key', 'k1')
      try {
        ;(read as { plans: string[] }).plans.push('gold')
      } catch {
        // Frozen is as good as a copy.
      }
      expect(await records.get('key', 'k1')).toEqual({ plans: ['free'] })
    })

    it('lists by id, page after page', async () => {
      await fill('c', 'a', 'B', 'e', 'd', 'a1')
      expect(await ids()).toEqual(['B', 'a', 'a1', 'c', 'd', 'e'])
      expect(await ids('', 2)).toEqual(['B', 'a'])
      expect(await ids('a', 2)).toEqual(['a1', 'c'])
      expect(await ids('b', 2)).toEqual(['c', 'd'])
      expect(await ids('e', 2)).toEqual([])
      expect(await ids('', 0)).toEqual([])
    })

    it('lists nothing of a kind that there is not', async () => {
      expect(await records.list('nothing', '', 10)).toEqual([])
    })

    it('lists what was put and deleted between pages', async () => {
      await fill('a', 'c', 'e')
      expect(await ids('', 1)).toEqual(['a'])
      await fill('b', 'd')
      await records.write([{ kind: 'key', id: 'c', value: undefined }])
      expect(await ids('a')).toEqual(['b', 'd', 'e'])
      await fill('c')
      expect(await ids('a')).toEqual(['b', 'c', 'd', 'e'])
      await records.write([{ kind: 'key', id: 'c', value: undefined }])
      await fill('c')
      expect(await ids('a')).toEqual(['b', 'c', 'd', 'e'])
    })

    it('writes several at once, over kinds', async () => {
      await fill('old')
      await records.write([
        { kind: 'key', id: 'new', value: 1 },
        { kind: 'digest', id: 'x', value: 'new' },
        { kind: 'key', id: 'old', value: undefined },
        { kind: 'key', id: 'never', value: undefined },
      ])
      expect(await ids()).toEqual(['new'])
      expect(await records.get('digest', 'x')).toBe('new')
    })

    it('writes the last of two changes of one record', async () => {
      await records.write([
        { kind: 'key', id: 'k', value: 1 },
        { kind: 'key', id: 'k', value: 2 },
      ])
      expect(await records.get('key', 'k')).toBe(2)
    })

    it('writes all or none', async () => {
      await fill('k1')
      const broken = [
        { kind: 'key', id: 'k1', value: 'changed' },
        { kind: 'key', id: 'k2', value: 'added' },
        { kind: 'key', id: 'k3', value: { no: () => 'JSON' } as unknown as Json },
      ]
      await expect((async () => records.write(broken))()).rejects.toThrow()
      expect(await records.get('key', 'k1')).toEqual({ id: 'k1' })
      expect(await ids()).toEqual(['k1'])
    })
  })
}
