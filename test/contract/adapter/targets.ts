/** Paths and queries: the app is given what the gateway matched. */
import { expect, it } from 'vitest'
import { tell, wire } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import type { Capability } from '../host.js'

const SEGMENTS: readonly (readonly [spelt: string, meant: string])[] = [
  ['7', '7'],
  ['%61%62c', 'abc'],
  ['a%2Fb', 'a/b'],
  ['a%25b', 'a%b'],
  ['a%252Fb', 'a%2Fb'],
  ['100%25', '100%'],
  ['%3Fx%23y', '?x#y'],
  ['a%20b', 'a b'],
  ['a+b', 'a+b'],
  ["a=b:c@d,e$f&g'h(i)j*k!l~m", "a=b:c@d,e$f&g'h(i)j*k!l~m"],
  ['%C3%A9%F0%9F%90%B6', 'é🐶'],
  ['%e4%bd%a0', '你'],
  ['...', '...'],
  ['prod', 'prod'],
]

const QUERIES: readonly (readonly [sent: string, meant: Record<string, readonly string[]>])[] = [
  ['?', {}],
  ['?a=1&a=2', { a: ['1', '2'] }],
  ['?a=%20b+c&d=%C3%A9%F0%9F%90%B6', { a: [' b c'], d: ['é🐶'] }],
  ['?path=/prod/../x&%61=1', { path: ['/prod/../x'], a: ['1'] }],
  ['?a=b%26c%3Dd', { a: ['b&c=d'] }],
]

const MALFORMED = [
  '/items//7',
  '//items/7',
  '/items/../locked',
  '/items/./7',
  '/items/%2e%2e/locked',
  '/items/a%5Cb',
  '/items/a\\b',
  '/items/%00',
  '/items/%zz',
  '/items/%ff',
]

export const targets: Topic = ({ kind, caller, needs }) => {
  /** To test what a framework can do by its own router alone, where that is what finds the route. */
  const own = (capability: Capability, title: string, test: () => Promise<void>) =>
    kind === 'routes' ? needs(capability, title, test) : it(title, test)

  async function expectSegment(spelt: string, meant: string): Promise<void> {
    const { status, json, id } = await caller().ask(`GET /items/${spelt}?a=1`)
    expect(status).toBe(200)
    expect([json.params.id, json.gateway.params.id]).toEqual([meant, meant])
    expect(await caller().record(id)).toMatchObject({ path: `/items/${meant}`, route: 'GET /items/{id}' })
  }

  it.each(SEGMENTS)('the segment %s is %s, to gateway and app', expectSegment)

  own('semicolons', 'the segment a;b=c is one, to gateway and app', () => expectSegment('a;b=c', 'a;b=c'))

  it('several segments are kept apart, encoded slashes in them too', async () => {
    const { json } = await caller().ask('GET /items/a%2Fb/parts/c%2Fd')
    expect(json.params).toEqual({ id: 'a/b', part: 'c/d' })
    expect(json.gateway).toMatchObject({ route: 'GET /items/{id}/parts/{part}', params: json.params })
  })

  own('named-rest', 'a wildcard takes the rest of the path', async () => {
    const { json } = await caller().ask('GET /files/a/b%20c/%C3%A9')
    expect(json.params.path).toBe('a/b c/é')
    expect(json.gateway).toMatchObject({ route: 'GET /files/{path+}', params: { path: 'a/b c/é' } })
  })

  it.each(QUERIES)('the query %s is what it was', async (sent, meant) => {
    expect((await caller().ask(`GET /echo${sent}`)).json.query).toEqual(meant)
  })

  needs('raw-query', 'queries are left as they are spelt', async () => {
    for (const [sent] of QUERIES) {
      const { json } = await caller().ask(`GET /echo${sent}`)
      // A mark without anything behind it may be gone.
      expect(json.url.replace(/^[^?]*/, '') || '?').toBe(sent)
    }
  })

  it('the app is told of its stage', async () => {
    const { json } = await caller().ask('GET /items/7?a=1')
    const [stage, variables] = kind === 'routes' ? ['$default', {}] : ['prod', { db: 'main' }]
    expect(json).toMatchObject({ method: 'GET', gateway: { stage, variables, canary: false } })
  })

  const ownPath = async () => {
    const path = async (line: string) => (await caller().send(line)).json.url.replace(/\?.*/, '')
    for (const [spelt, meant] of SEGMENTS) {
      const [empty, items, segment, ...rest] = (
        await path(`GET ${caller().at(`/items/${spelt}?a=1`)}`)
      ).split('/')
      expect([empty, items, decodeURIComponent(segment), rest]).toEqual(['', 'items', meant, []])
    }
    if (kind === 'mounted') expect(await path('GET /beta/items/7')).toBe('/items/7')
  }
  if (kind === 'routes') it('the app sees the path that was sent', ownPath)
  else needs('own-path', 'the app sees its path without the stage', ownPath)

  if (kind !== 'mounted') return

  needs('raw-target', 'targets are judged as they were sent', async () => {
    const targets = [
      ...MALFORMED.map((path) => `/prod${path}`),
      'http://localhost/prod/items/7',
      'HTTP://x/prod/echo',
    ]
    const statuses: Record<string, number> = {}
    for (const target of targets) statuses[target] = (await tell(caller().port, wire(`GET ${target}`))).status
    expect(statuses).toEqual(Object.fromEntries(targets.map((target) => [target, 400])))
  })

  needs(
    'all-methods',
    'methods that the app has no routes for are refused by what the path has',
    async () => {
      for (const method of ['PROPFIND', 'TRACE', 'PURGE', 'OPTIONS', 'DELETE']) {
        const { status, head } = await tell(caller().port, wire(`${method} /prod/items/7`))
        expect([method, status]).toEqual([method, 405])
        expect(head).toMatch(/x-amzn-errortype: MethodNotAllowedException/i)
      }
    },
  )
}
