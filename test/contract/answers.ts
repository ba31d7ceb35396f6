/** What every implementation of `Answers` passes. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Answers, StoredAnswer } from '../../src/store/contract.js'

const ANSWER: StoredAnswer = {
  status: 200,
  headers: ['Content-Type', 'text/plain', 'X-A', '1'],
  body: Buffer.from([0, 1, 127, 128, 255]),
  about: { varying: ['accept'], storedAt: 1.5, none: null, deep: [{ a: true }] },
}

function plain(answer: StoredAnswer | undefined) {
  return answer && { ...answer, body: [...answer.body] }
}

export function answersContract(name: string, make: () => Answers | Promise<Answers>): void {
  describe(`${name} keeps the answers' contract`, () => {
    let answers: Answers
    const labels = ['route GET /pets', 'tag a']

    beforeEach(async () => {
      answers = await make()
    })

    const set = async (
      key: string,
      given: Partial<StoredAnswer> = {},
      labelled = labels,
      space = 'api/prod',
    ) => answers.set(space, key, { ...ANSWER, ...given }, 60_000, labelled)
    const get = async (key: string, space = 'api/prod') => plain(await answers.get(space, key))

    it('an answer comes back as it was, byte for byte', async () => {
      await set('k')
      expect(await get('k')).toEqual(plain(ANSWER))
    })

    it('what was never kept is not there', async () => {
      expect(await get('k')).toBeUndefined()
    })

    it('the last one stands', async () => {
      await set('k')
      await set('k', { status: 404, body: new Uint8Array(0) })
      expect(await get('k')).toEqual({ ...plain(ANSWER), status: 404, body: [] })
    })

    it('keys may be long, of several lines, and look like others', async () => {
      const keys = ['a', 'a\n', 'a\nb', 'ä', `${'x'.repeat(5_000)}1`, `${'x'.repeat(5_000)}2`]
      for (const [index, key] of keys.entries()) await set(key, { status: 200 + index })
      for (const [index, key] of keys.entries()) expect((await get(key))?.status).toBe(200 + index)
    })

    it('spaces know nothing of one another', async () => {
      await set('k')
      expect(await get('k', 'api/beta')).toBeUndefined()
      await set('k', { status: 201 }, labels, 'api/beta')
      await answers.flush('api/beta', [])
      expect([(await get('k'))?.status, await get('k', 'api/beta')]).toEqual([200, undefined])
    })

    it('a key is deleted, or was not there', async () => {
      await set('k')
      await answers.delete('api/prod', 'k')
      await answers.delete('api/prod', 'other')
      expect(await get('k')).toBeUndefined()
    })

    it('what bears all of the labels is flushed, and nothing else', async () => {
      await set('both', {}, ['one', 'two'])
      await set('one', {}, ['one'])
      await set('none', {}, [])
      await answers.flush('api/prod', ['one', 'two'])
      expect(await Promise.all([get('both'), get('one'), get('none')])).toEqual([
        undefined,
        plain(ANSWER),
        plain(ANSWER),
      ])
      await answers.flush('api/prod', ['one'])
      expect([await get('one'), await get('none')]).toEqual([undefined, plain(ANSWER)])
    })

    it('labels are those of the last answer', async () => {
      await set('k', {}, ['old'])
      await set('k', {}, ['new'])
      await answers.flush('api/prod', ['old'])
      expect(await get('k')).toBeDefined()
    })

    it('what was flushed can be kept again', async () => {
      await set('k')
      await answers.flush('api/prod', [])
      await set('k')
      expect(await get('k')).toEqual(plain(ANSWER))
    })

    it('a change of what was given changes nothing that is kept', async () => {
      const body = Buffer.from('before')
      await set('k', { body })
      body.write('after!')
      expect(Buffer.from((await answers.get('api/prod', 'k'))?.body ?? []).toString()).toBe('before')
    })
  })
}
