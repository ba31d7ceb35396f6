/** No way around: whatever a path is spelt like, a protected handler never runs without its policy. */
import { expect, it } from 'vitest'
import { fc } from '../../laws.js'
import { tell } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import { KEYS } from '../scenario/gateway.js'
import { combinations, type Place, table, tryAll, wired } from '../spellings.js'

const PATHS = ['/admin', '/admin/7', '/admin/files/a/b', '/internal', '/internal/x/y']

export const bypasses: Topic = ({ kind, caller }) => {
  const place: Place = { prefix: kind === 'routes' ? '' : '/prod', paths: PATHS }

  it('no spelling of a protected path gets to its handler', async () => {
    const random = fc.sample(combinations(place), { numRuns: 300, seed: 20_260_101 })
    const { sent, answered, leaks } = await tryAll(caller().port, [...table(place), ...random], ['protected'])
    expect(leaks).toEqual([])
    expect(await caller().calls('protected')).toBe(0)
    expect(sent).toBeGreaterThan(1000)
    expect(answered).toBeGreaterThan(sent * 0.9)
  }, 60_000)

  it('it is the policy that holds them back: with a key they do run', async () => {
    for (const path of PATHS) {
      const asked = wired(`GET ${place.prefix}${path}`, 'localhost', `x-api-key: ${KEYS.plain}`)
      expect((await tell(caller().port, asked)).body, path).toContain('protected')
    }
    expect(await caller().calls('protected')).toBe(PATHS.length)
  })
}
