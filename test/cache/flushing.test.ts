/** Flushing: a stage, a route, a namespace, one target, what bears a tag. */
import { Answer, createGateway, route } from 'postern'
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

describe('what is to be flushed', () => {
  const gateway = createGateway({
    routes: [route('GET /pets/{petId}', { cache: { namespace: 'animals' } }), route('GET /pets')],
  })
  const fault = (what: unknown) =>
    gateway.control.flushCache('$default', what as object).then(
      (dropped) => `dropped ${dropped}`,
      (error: Error) => error.message.split(':\n  ')[1],
    )

  it.each<[unknown, string]>([
    [{ tags: 'pets' }, "tags: 'pets' is not a list of tags (WRONG_TYPE)\n    Write ['pets']."],
    [{ tags: [5] }, 'tags[0]: 5 is not a tag (WRONG_TYPE)\n    Write a tag as a string.'],
    [{ target: 5 }, 'target: 5 is not a target (WRONG_TYPE)\n    Write a target as a string.'],
    [
      { target: 'pets/7' },
      "target: 'pets/7' is not a target (VALUE_INVALID)\n    Write a path from its slash on, such as '/pets/7'.",
    ],
    [
      { route: 'GET /pets/{petid}' },
      "route: route or namespace 'GET /pets/{petid}' does not exist (ROUTE_UNKNOWN)\n    Did you mean `GET /pets/{petId}`?",
    ],
    [
      { route: 'all' },
      "route: route or namespace 'all' does not exist (ROUTE_UNKNOWN)\n    There is GET /pets/{petId}, animals and GET /pets.",
    ],
    [
      { tag: ['pets'] },
      'tag: `tag` is no field of the options of flushCache() (UNKNOWN_FIELD)\n    Did you mean `tags`?',
    ],
    [
      'pets',
      "options: 'pets' is not the options of flushCache() (WRONG_TYPE)\n    Write the options of flushCache() as an object: { … }.",
    ],
  ])('is told what is wrong with %o', async (what, words) => {
    expect(await fault(what)).toBe(words)
  })

  it('is no definition: errors say which call had it', async () => {
    await expect(gateway.control.flushCache('$default', { route: 'all' })).rejects.toThrow(
      /^the call of flushCache\(\) has one fault:/,
    )
  })

  it('may be a route of any deployment and of the app’s own code, or a namespace', async () => {
    const { control } = gateway
    await control.deploy({ routes: [route('GET /cats')] }, { stages: [] })
    control.declare({ pattern: 'GET /dogs', policy: { cache: { namespace: 'dogs' } } })
    const all = ['GET /pets', 'GET /pets/{petId}', 'animals', 'GET /cats', 'GET /dogs', 'dogs']
    for (const each of all) expect(await fault({ route: each, tags: undefined })).toBe('dropped 0')
  })
})
