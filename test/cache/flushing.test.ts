/** Flushing: a stage, a route, a namespace, one target, what bears a tag. */
import { Answer } from 'postern'
import { describe, expect, it } from 'vitest'
import type { CachePolicy } from '../../src/definition.js'
import { bench, textOf } from './support.js'

async function filled(policy: CachePolicy = {}) {
  const made = bench({ policy })
  const targets = ['/pets', '/pets/7', '/pets/7?full=true', '/pets/8?full=true']
  for (const target of targets)
    await made.call({ request: `GET ${target}` }, () => new Answer(200, [], 'kept'))
  const left = async () => {
    const kept: string[] = []
    for (const target of targets) {
      const got = await made.call({
        request: `GET ${target}`,
        headers: { 'cache-control': 'only-if-cached' },
      })
      if (textOf(got) === 'kept') kept.push(target)
    }
    return kept
  }
  return { ...made, left }
}

describe('flushed is', () => {
  it('all that a stage keeps, and nothing of another', async () => {
    const { caches, left } = await filled()
    expect(caches.flush('beta')).toBe(0)
    expect(caches.flush('prod')).toBe(4)
    expect(await left()).toEqual([])
  })

  it('what one route keeps, or a namespace', async () => {
    const { caches, left } = await filled({ namespace: 'animals' })
    expect(caches.flush('prod', { route: 'GET /others' })).toBe(0)
    expect(caches.flush('prod', { route: 'animals' })).toBe(4)
    expect(await left()).toEqual([])
    const { caches: others } = await filled()
    expect(others.flush('prod', { route: 'GET /{path+}' })).toBe(4)
  })

  it('a path with all its queries, or one of them', async () => {
    const { caches, left } = await filled()
    expect(caches.flush('prod', { target: '/pets/7?full=true' })).toBe(1)
    expect(await left()).toEqual(['/pets', '/pets/7', '/pets/8?full=true'])
    const { caches: others, left: rest } = await filled()
    expect(others.flush('prod', { target: '/pets/7' })).toBe(2)
    expect(await rest()).toEqual(['/pets', '/pets/8?full=true'])
  })

  it('a query by those of its parameters that are in the key', async () => {
    const { caches, left } = await filled({ key: { query: ['full'] } })
    expect(caches.flush('prod', { target: '/pets/7?utm=1&full=true' })).toBe(1)
    expect(await left()).toEqual(['/pets', '/pets/7', '/pets/8?full=true'])
  })

  it('what bears one of the tags, the route’s or its own', async () => {
    const { caches, left } = await filled({
      tags: ({ forwardTarget }, answer) => [`path:${forwardTarget.split('?')[0]}`, `status:${answer.status}`],
    })
    expect(caches.flush('prod', { tags: ['none'] })).toBe(0)
    expect(caches.flush('prod', { tags: ['path:/pets/7', 'none'] })).toBe(2)
    expect(await left()).toEqual(['/pets', '/pets/8?full=true'])
    expect(caches.flush('prod', { tags: ['status:200'] })).toBe(4)
    const { caches: others } = await filled({ tags: ['pets'] })
    expect(others.flush('prod', { tags: ['pets'], target: '/pets/8' })).toBe(1)
  })

  it('nothing that could not be flushed: where the tags cannot be made, the answer is not kept', async () => {
    const { calls, call, errors } = bench({
      policy: {
        tags: () => {
          throw new Error('no tags')
        },
      },
    })
    await call()
    await call()
    expect(calls()).toBe(2)
    expect(errors).toHaveLength(2)
  })
})
