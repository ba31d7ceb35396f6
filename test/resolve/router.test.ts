import { match as pathToRegexpMatch } from 'path-to-regexp'
import { describe, expect, it } from 'vitest'
import type { Pattern, Segment } from '../../src/complete.js'
import { parsePattern, parseRoute, shapeOf } from '../../src/resolve/pattern.js'
import { foldTarget, Match, MethodMiss, Router } from '../../src/resolve/router.js'
import { Table } from '../../src/resolve/table.js'
import { splitTarget, type Target } from '../../src/resolve/target.js'
import { fc } from '../laws.js'

function routerOf(routes: readonly string[], options = {}): Router<string> {
  const router = new Router<string>(options)
  for (const text of routes) {
    const { method, patterns, name } = parseRoute(text)
    for (const pattern of patterns) router.add(method, pattern, name)
  }
  return router
}

function fit(text: string): Target {
  const target = splitTarget(text)
  if (typeof target === 'string') throw new Error(`${text}: ${target}`)
  return target
}

/** Whether any route has the path once case and a trailing slash are folded away. */
function isFolded(router: Router<unknown>, folded: Target, from: number): boolean {
  return [...router.foldedMatches(folded, from)].length > 0
}

/** The name of the route, its parameters; or the methods that the path has; or `undefined`. */
function ask(router: Router<string>, request: string, from = 0) {
  const [method = '', path = ''] = request.split(' ')
  const found = router.match(method, fit(path), from)
  if (found instanceof MethodMiss) return found.allow
  return found && { route: found.value, params: { ...found.params } }
}

describe('a path is matched', () => {
  const router = routerOf([
    'ANY /',
    'GET /pets',
    'GET /pets/{petId}',
    'GET /pets/search',
    'GET /pets/p{number}',
    'GET /pets/{petId}/toys/{toyId}',
    'GET /pets/search/toys/all',
    'ANY /{proxy+}',
    'GET /files/{path+}',
    'GET /v{major}.{minor}/x',
    'GET /café/{x}',
    'GET /a%2Fb',
  ])

  it.each([
    ['GET /', 'ANY /', {}],
    ['GET /pets', 'GET /pets', {}],
    ['GET /pets/7', 'GET /pets/{petId}', { petId: '7' }],
    ['GET /pets/search', 'GET /pets/search', {}],
    ['GET /pets/p12', 'GET /pets/p{number}', { number: '12' }],
    ['GET /pets/p', 'GET /pets/{petId}', { petId: 'p' }],
    ['GET /pets/7/toys/8', 'GET /pets/{petId}/toys/{toyId}', { petId: '7', toyId: '8' }],
    ['GET /pets/search/toys/all', 'GET /pets/search/toys/all', {}],
    ['GET /pets/search/toys/9', 'GET /pets/{petId}/toys/{toyId}', { petId: 'search', toyId: '9' }],
    ['GET /pets/p1/toys/9', 'GET /pets/{petId}/toys/{toyId}', { petId: 'p1', toyId: '9' }],
    ['GET /pets/7/toys', 'ANY /{proxy+}', { proxy: 'pets/7/toys' }],
    ['GET /Pets', 'ANY /{proxy+}', { proxy: 'Pets' }],
    ['GET /files', 'ANY /{proxy+}', { proxy: 'files' }],
    ['GET /files/a/b', 'GET /files/{path+}', { path: 'a/b' }],
    ['GET /v1.2/x', 'GET /v{major}.{minor}/x', { major: '1', minor: '2' }],
    ['GET /v1.2.3/x', 'GET /v{major}.{minor}/x', { major: '1', minor: '2.3' }],
    ['GET /v.2/x', 'ANY /{proxy+}', { proxy: 'v.2/x' }],
    ['GET /caf%C3%A9/%C3%A9', 'GET /café/{x}'.replace('é', '%C3%A9'), { x: 'é' }],
    ['GET /a%2fb', 'GET /a%2Fb', {}],
    ['GET /a/b', 'ANY /{proxy+}', { proxy: 'a/b' }],
  ])('%s by %s', (request, route, params) => {
    expect(ask(router, request)).toEqual({ route, params })
  })

  it('with a slash at its end or without', () => {
    expect(ask(router, 'GET /pets/')).toEqual(ask(router, 'GET /pets'))
    expect(ask(router, 'GET /pets/7/')).toEqual(ask(router, 'GET /pets/7'))
    expect(ask(router, 'GET /files/a/b/')).toEqual({ route: 'GET /files/{path+}', params: { path: 'a/b' } })
    expect(ask(router, 'GET /files/')).toEqual({ route: 'ANY /{proxy+}', params: { proxy: 'files' } })
  })

  it('decoded, once', () => {
    expect(ask(router, 'GET /pets/a%2Fb%20c')).toEqual({
      route: 'GET /pets/{petId}',
      params: { petId: 'a/b c' },
    })
    expect(ask(router, 'GET /pets/%2541')).toEqual({ route: 'GET /pets/{petId}', params: { petId: '%41' } })
    expect(ask(router, 'GET /files/a%2Fb/%C3%A9/')).toEqual({
      route: 'GET /files/{path+}',
      params: { path: 'a/b/é' },
    })
    expect(ask(router, 'GET /%70ets/search')).toEqual({ route: 'GET /pets/search', params: {} })
  })

  it('behind the segments that led to a stage', () => {
    expect(ask(router, 'GET /prod/pets/7', 1)).toEqual({ route: 'GET /pets/{petId}', params: { petId: '7' } })
    expect(ask(router, 'GET /prod', 1)).toEqual({ route: 'ANY /', params: {} })
    expect(ask(router, 'GET /prod/', 1)).toEqual({ route: 'ANY /', params: {} })
    expect(ask(router, 'GET /a/b/files/c/d/', 2)).toEqual({
      route: 'GET /files/{path+}',
      params: { path: 'c/d' },
    })
  })

  it('by nothing where no route has it', () => {
    const small = routerOf(['GET /a/b', 'GET /a/{x}/c'])
    for (const path of ['/', '/a', '/b', '/a/x', '/a/b/c/d', '/a/b/d'])
      expect(ask(small, `GET ${path}`)).toBeUndefined()
    expect(ask(small, 'GET /a/b/c')).toEqual({ route: 'GET /a/{x}/c', params: { x: 'b' } })
    expect(ask(routerOf(['GET /{proxy+}']), 'GET /')).toBeUndefined()
  })

  it('among any number of literals side by side', () => {
    const names = Array.from({ length: 100 }, (_, index) => `GET /r${index}/{id}`)
    const many = routerOf(names)
    for (const [index, name] of names.entries()) {
      expect(ask(many, `GET /r${index}/x`)).toEqual({ route: name, params: { id: 'x' } })
    }
    expect(ask(many, 'GET /r100/x')).toBeUndefined()
    expect(ask(many, 'GET /constructor/x')).toBeUndefined()
    expect(ask(many, 'GET /r1')).toBeUndefined()
    expect(ask(many, 'GET /r1000000/x')).toBeUndefined()
  })

  it('among so many that no call could have them all as arguments', () => {
    const many = Array.from({ length: 150_000 }, (_, index) => ({ text: `r${index}` }))
    expect(new Table(many).find('/r149999/x', 1)).toBe(many.at(-1))
    expect(new Table(many).find('/r150000/x', 1)).toBeUndefined()
  })

  it('however deep it is', () => {
    const path = '/a'.repeat(50_000)
    const deep = routerOf([`GET ${path}`, `GET ${path}/{id}`, 'GET /a/{id}'])
    expect(ask(deep, `GET ${path}/7`)).toMatchObject({ params: { id: '7' } })
    expect(ask(deep, 'GET /a/7')).toEqual({ route: 'GET /a/{id}', params: { id: '7' } })
  })

  it('by its text, also where another text has the same hash', () => {
    const names = Array.from({ length: 100 }, (_, index) => `GET /r${index}`)
    const one = routerOf([...names, 'GET /declinate'])
    expect(ask(one, 'GET /declinate')).toEqual({ route: 'GET /declinate', params: {} })
    expect(ask(one, 'GET /macallums')).toBeUndefined()
    const both = routerOf([...names, 'GET /declinate', 'GET /macallums/{x}'])
    expect(ask(both, 'GET /declinate')).toEqual({ route: 'GET /declinate', params: {} })
    expect(ask(both, 'GET /macallums/declinate')).toMatchObject({ params: { x: 'declinate' } })
  })

  it('by the pattern with more text where several divide a segment', () => {
    const mixed = routerOf(['GET /{a}.{b}', 'GET /{a}.json', 'GET /v{a}.json'])
    expect(ask(mixed, 'GET /v1.json')).toMatchObject({ route: 'GET /v{a}.json' })
    expect(ask(mixed, 'GET /x.json')).toMatchObject({ route: 'GET /{a}.json' })
    expect(ask(mixed, 'GET /x.y.json')).toMatchObject({ params: { a: 'x.y' } })
    const tie = ['GET /a{x}', 'GET /{x}b']
    for (const either of [tie, tie.toReversed()]) {
      expect(ask(routerOf(either), 'GET /aab')).toMatchObject({ route: 'GET /{x}b' })
    }
    expect(ask(mixed, 'GET /x.xml')).toEqual({ route: 'GET /{a}.{b}', params: { a: 'x', b: 'xml' } })
  })
})

describe('a method', () => {
  it('of its own goes before ANY', () => {
    const router = routerOf(['ANY /a', 'GET /a'])
    expect(ask(router, 'GET /a')).toMatchObject({ route: 'GET /a' })
    expect(ask(router, 'POST /a')).toMatchObject({ route: 'ANY /a' })
  })

  it('that a resource lacks is not looked for in a less specific one', () => {
    const router = routerOf(['GET /a', 'DELETE /a', 'ANY /{proxy+}', 'POST /{x}'])
    expect(ask(router, 'POST /a')).toEqual(['GET', 'HEAD', 'DELETE'])
    expect(ask(router, 'POST /b')).toMatchObject({ route: 'POST /{x}' })
    expect(ask(router, 'GET /b')).toEqual(['POST'])
  })

  it('HEAD goes where GET goes, unless HEAD has a route', () => {
    expect(ask(routerOf(['GET /a', 'ANY /a']), 'HEAD /a')).toMatchObject({ route: 'GET /a' })
    expect(ask(routerOf(['GET /a', 'HEAD /a']), 'HEAD /a')).toMatchObject({ route: 'HEAD /a' })
    expect(ask(routerOf(['ANY /a', 'POST /a']), 'HEAD /a')).toMatchObject({ route: 'ANY /a' })
    expect(ask(routerOf(['POST /a']), 'HEAD /a')).toEqual(['POST'])
  })

  it('HEAD does not, as AWS has it', () => {
    const aws = { headFallback: false }
    expect(ask(routerOf(['ANY /a'], aws), 'HEAD /a')).toMatchObject({ route: 'ANY /a' })
    expect(ask(routerOf(['GET /a'], aws), 'HEAD /a')).toEqual(['GET'])
  })

  it('HEAD never gets by the policy of GET to that of ANY, as an app would run its GET handler', () => {
    const aws = { headFallback: false }
    expect(ask(routerOf(['GET /a', 'ANY /a'], aws), 'HEAD /a')).toBeInstanceOf(Array)
    expect(ask(routerOf(['GET /a', 'ANY /a']), 'HEAD /a')).toMatchObject({ route: 'GET /a' })
  })

  it('has its own names for the parameters of one path', () => {
    const router = routerOf(['GET /pets/{id}', 'POST /pets/{petId}', 'PUT /{a}/{b}'])
    expect(ask(router, 'GET /pets/7')).toMatchObject({ params: { id: '7' } })
    expect(ask(router, 'POST /pets/7')).toMatchObject({ params: { petId: '7' } })
    expect(ask(router, 'PUT /x/7')).toMatchObject({ params: { a: 'x', b: '7' } })
  })

  it('of a resource is listed once, ANY as the common ones', () => {
    const found = routerOf(['PURGE /a', 'GET /a', 'ANY /a']).match('PURGE', fit('/a'), 0)
    expect(found instanceof Match && found.resource.methods).toEqual([
      'PURGE',
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
    ])
  })
})

describe('adding a route', () => {
  const [pattern, same, other] = ['/a/{x}', '/a/{y}', '/a/b'].map((path) => parsePattern(path)[0]!) as [
    Pattern,
    Pattern,
    Pattern,
  ]

  it('that is there gives the one that was there, which stays', () => {
    const router = new Router<number>()
    expect(router.add('GET', pattern, 1)).toBeUndefined()
    expect(router.add('GET', same, 2)).toBe(1)
    expect(router.add('POST', same, 3)).toBeUndefined()
    expect(router.add('GET', other, 4)).toBeUndefined()
    expect(router.match('GET', fit('/a/7'), 0)).toMatchObject({ value: 1, params: { x: '7' } })
  })
})

describe('parameters', () => {
  it('may have the names of what objects inherit, and inherit nothing', () => {
    const router = routerOf(['GET /{constructor}/{toString}/{hasOwnProperty}', 'GET /x'])
    const found = router.match('GET', fit('/a/b/c'), 0)
    expect(found instanceof Match && { ...found.params }).toEqual({
      constructor: 'a',
      toString: 'b',
      hasOwnProperty: 'c',
    })
    const one = routerOf(['GET /{id}']).match('GET', fit('/a'), 0)
    const none = router.match('GET', fit('/x'), 0)
    for (const match of [one, none]) {
      if (!(match instanceof Match)) throw new Error('not matched')
      for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
        expect(match.params[name]).toBeUndefined()
        expect(name in match.params).toBe(false)
      }
    }
  })

  it('of a route without any are one frozen object', () => {
    const router = routerOf(['GET /x', 'GET /y'])
    const [x, y] = ['/x', '/y'].map((path) => router.match('GET', fit(path), 0)) as [
      Match<string>,
      Match<string>,
    ]
    expect(x.params).toBe(y.params)
    expect(Object.isFrozen(x.params)).toBe(true)
  })
})

describe('an app that folds case', () => {
  const differs = (routes: readonly string[], path: string, from = 0) => {
    const router = routerOf(routes)
    const target = fit(path)
    const found = router.match('GET', target, from)
    if (!(found instanceof Match)) throw new Error(`${path} is not matched`)
    return router.foldedDiffers(target, from, found)
  }

  it.each([
    [['ANY /{proxy+}', 'ANY /admin'], '/ADMIN'],
    [['ANY /{proxy+}', 'ANY /admin'], '/Admin/'],
    [['ANY /{proxy+}', 'ANY /Admin'], '/admin'],
    [['ANY /{proxy+}', 'ANY /admin'], '/%41dmin'],
    [['ANY /{proxy+}', 'ANY /admin/{x}'], '/aDmin/7'],
    [['GET /{x}', 'POST /admin'], '/ADMIN'],
    [['GET /users/{id}', 'GET /users/me'], '/users/Me'],
    [['GET /{a}/x', 'GET /b/{c}'], '/B/x'],
    [['GET /{x}', 'GET /{a}.json'], '/x.JSON'],
    [['GET /{proxy+}', 'GET /V{a}'], '/v1'],
    [['GET /{proxy+}', 'GET /café'], '/CAF%C3%89'],
    [['GET /{proxy+}', 'GET /straße'], '/STRASSE'],
    [['GET /{a}.{b}', 'GET /{a}.x'], '/1.X'],
    [['GET /{proxy+}', 'GET /{x}/admin'], '/7/ADMIN'],
  ])('could take a path of %j for another: %s', (routes, path) => {
    expect(differs(routes, path)).toBe(true)
  })

  it.each([
    [['ANY /{proxy+}', 'ANY /admin'], '/admin'],
    [['ANY /{proxy+}', 'ANY /admin'], '/ADMIN2'],
    [['ANY /{proxy+}', 'ANY /Admin'], '/Admin'],
    [['ANY /{proxy+}', 'ANY /Admin'], '/other'],
    [['GET /users/{id}', 'GET /users/me'], '/users/AbC'],
    [['GET /users/{id}'], '/users/ME'],
    [['GET /Users/{id}', 'GET /users/{id}'], '/users/7'],
    [['GET /Users/{id}', 'GET /users/{id}'], '/Users/7'],
    [['GET /a/{x}', 'GET /A/b'], '/A/b'],
    [['GET /{x}', 'GET /{a}.json'], '/X.json'],
    [['GET /{x}'], '/%C3%89'],
  ])('takes a path of %j for nothing else: %s', (routes, path) => {
    expect(differs(routes, path)).toBe(false)
  })

  it('is thought of for routes that come later, too', () => {
    const router = routerOf(['ANY /{proxy+}'])
    const differs = () => {
      const found = router.match('GET', fit('/ADMIN'), 0)
      return found instanceof Match && router.foldedDiffers(fit('/ADMIN'), 0, found)
    }
    expect(differs()).toBe(false)
    for (const pattern of parseRoute('ANY /admin').patterns) router.add('ANY', pattern, 'ANY /admin')
    expect(differs()).toBe(true)
  })

  it('is thought of behind a stage, too', () => {
    expect(differs(['ANY /{proxy+}', 'ANY /admin'], '/prod/ADMIN', 1)).toBe(true)
    expect(differs(['ANY /{proxy+}', 'ANY /admin'], '/PROD/other', 1)).toBe(false)
  })

  it('takes a path that no route has for that of a route', () => {
    const router = routerOf(['POST /Pets/{id}', 'GET /a%2Fb'])
    for (const path of ['/pets/7', '/PETS/7/', '/Pets/7', '/A%2fB']) {
      expect(isFolded(router, foldTarget(fit(path)), 0)).toBe(true)
    }
    for (const path of ['/', '/pets', '/pets/7/8', '/a/b'])
      expect(isFolded(router, foldTarget(fit(path)), 0)).toBe(false)
    expect(isFolded(router, foldTarget(fit('/prod/pets/7')), 1)).toBe(true)
    expect(isFolded(router, foldTarget(fit('/prod')), 1)).toBe(false)
  })
})

describe('the router, beside a scan of all patterns', () => {
  const segmentText = fc.constantFrom('a', 'b', 'A', 'ab', 'é', '{p}', 'a{p}', '{p}b', '{p}-{q}')
  const path = fc.tuple(fc.array(segmentText, { maxLength: 3 }), fc.boolean()).map(([parts, greedy]) => {
    let count = 0
    const named = [...parts, ...(greedy ? ['{r+}'] : [])].map((part) =>
      part.replace(/[pq]\}/g, () => `n${count++}}`),
    )
    return `/${named.join('/')}`
  })
  const routes = fc.array(fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), path), { maxLength: 8 })
  const request = fc
    .array(fc.constantFrom('a', 'b', 'A', 'B', 'ab', 'aB', 'a-b', '-', 'c', '%C3%A9', '%C3%89', 'a%2Fb'), {
      maxLength: 4,
    })
    .map((parts) => `/${parts.join('/')}`)

  it('finds the same resource, method and values', () => {
    fc.assert(
      fc.property(routes, request, fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'), (all, text, method) => {
        const scan = all.map(([own, each]) => ({ own, pattern: parsePattern(each)[0]! }))
        const router = new Router<string>()
        for (const { own, pattern } of scan) router.add(own, pattern, `${own} ${pattern.path}`)
        const target = fit(text)
        const found = router.match(method, target, 0)
        const expected = reference(scan, method, target.segments)
        if (expected === undefined || Array.isArray(expected)) {
          expect(found instanceof MethodMiss ? new Set(found.allow) : found).toEqual(
            expected && new Set(expected),
          )
        } else
          expect(found instanceof Match && { value: found.value, params: { ...found.params } }).toEqual(
            expected,
          )
      }),
      { numRuns: 5000 },
    )
  })

  it('warns of another meaning exactly where a scan of folded patterns finds one', () => {
    fc.assert(
      fc.property(routes, request, (all, text) => {
        const scan = all.map(([, each]) => ({ own: 'ANY', pattern: parsePattern(each)[0]! }))
        const router = new Router<string>()
        for (const { own, pattern } of scan) router.add(own, pattern, shapeOf(pattern))
        const target = fit(text)
        const found = router.match('GET', target, 0)
        const folded = scan.map(({ own, pattern }) => ({ own, pattern: foldPattern(pattern) }))
        const best = reference(folded, 'GET', target.segments.map(fold))
        expect(isFolded(router, foldTarget(target), 0)).toBe(best !== undefined)
        if (!(found instanceof Match)) return
        const meant = scan.find(({ pattern }) => shapeOf(pattern) === found.value)!
        const same =
          best !== undefined && !Array.isArray(best) && best.shape === shapeOf(foldPattern(meant.pattern))
        expect(router.foldedDiffers(target, 0, found)).toBe(!same)
      }),
      { numRuns: 5000 },
    )
  })

  it("agrees with path-to-regexp's own matching of one pattern", () => {
    const one = fc
      .array(fc.constantFrom('a', 'ab', ':p', 'x:p', ':p.json'), { minLength: 1, maxLength: 3 })
      .map((parts) => `/${parts.map((part, index) => part.replace('p', `p${index}`)).join('/')}`)
      .chain((text) => fc.boolean().map((greedy) => (greedy ? `${text}/*rest` : text)))
    const asked = fc
      .array(fc.constantFrom('a', 'ab', 'xa', 'x', 'b.json', '.json', '7', 'a%2Fb', 'x%C3%A9'), {
        minLength: 1,
        maxLength: 5,
      })
      .chain((parts) => fc.boolean().map((slash) => `/${parts.join('/')}${slash ? '/' : ''}`))
    fc.assert(
      fc.property(one, asked, (text, target) => {
        const router = new Router<true>()
        for (const pattern of parsePattern(text)) router.add('GET', pattern, true)
        const found = router.match('GET', fit(target), 0)
        const theirs = pathToRegexpMatch<Record<string, string | string[]>>(text, { sensitive: true })(
          target.replace(/\/$/, ''),
        )
        const params =
          theirs && Object.entries(theirs.params).map(([name, value]) => [name, [value].flat().join('/')])
        expect(found instanceof Match && { ...found.params }).toEqual(params && Object.fromEntries(params))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('resources that have the same below them', () => {
  const below = ['', '/{id}', '/{id}/items', '/{id}/items/{itemId}', '/{id}.json', '/all', '/{rest+}']
  const some = fc.subarray(
    below.flatMap((path) => [`GET ${path}`, `POST ${path}`]),
    { minLength: 1 },
  )

  it('have routes of their own', () => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 24 }), (resources) => {
        const routes = resources.flatMap((each, index) =>
          each.map((route) => route.replace(' ', ` /r${index}`)),
        )
        const router = routerOf(routes)
        for (const route of routes) {
          const path = route.replace('{id}', '7').replace('{itemId}', '8').replace('{rest+}', 'a/b/c')
          expect(ask(router, path)).toMatchObject({ route })
        }
      }),
    )
  })
})

/* The reference: every pattern is tried, and the most specific one is chosen by comparing them in pairs. */

interface Scanned {
  readonly own: string
  readonly pattern: Pattern
}

const RANK = { literal: 0, mixed: 1, param: 2, greedy: 3 } as const

function reference(scan: readonly Scanned[], method: string, segments: readonly string[]) {
  const fitting = scan
    .map((each) => ({ ...each, values: valuesOf(each.pattern, segments) }))
    .filter(({ values }) => values !== undefined)
    .sort((a, b) => compare(a.pattern.segments, b.pattern.segments))
  const [best] = fitting
  if (best === undefined) return undefined
  const resource = fitting.filter(({ pattern }) => shapeOf(pattern) === shapeOf(best.pattern))
  const by = (name: string) => resource.find(({ own }) => own === name)
  const route = by(method) ?? (method === 'HEAD' ? by('GET') : undefined) ?? by('ANY')
  if (route === undefined) return resource.flatMap(({ own }) => (own === 'GET' ? ['GET', 'HEAD'] : [own]))
  const value = `${route.own} ${route.pattern.path}`
  return Object.defineProperty({ value, params: Object.fromEntries(route.values ?? []) }, 'shape', {
    value: shapeOf(route.pattern),
  }) as { value: string; params: Record<string, string>; shape: string }
}

function compare(a: readonly Segment[], b: readonly Segment[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 0
    const rank = RANK[one.kind] - RANK[other.kind]
    if (rank !== 0) return rank
    if (one.kind === 'mixed' && other.kind === 'mixed') {
      const [x, y] = [one.texts.map(fold), other.texts.map(fold)]
      const more = y.join('').length - x.join('').length
      if (more !== 0) return more
      if (x.join('\0') !== y.join('\0')) return x.join('\0') < y.join('\0') ? -1 : 1
    }
  }
  return 0
}

function valuesOf(
  { segments: pattern }: Pattern,
  segments: readonly string[],
): [string, string][] | undefined {
  const values: [string, string][] = []
  for (const [index, segment] of pattern.entries()) {
    const text = segments[index]
    if (text === undefined) return undefined
    if (segment.kind === 'greedy') return [...values, [segment.name, segments.slice(index).join('/')]]
    if (segment.kind === 'literal' && segment.text !== text) return undefined
    if (segment.kind === 'param') values.push([segment.name, text])
    if (segment.kind !== 'mixed') continue
    const source = segment.texts.map((part) => part.replace(/[^\w]/gu, '\\$&')).join('([^]+?)')
    const groups = new RegExp(`^${source}$`).exec(text)
    if (groups === null) return undefined
    for (const [at, name] of segment.names.entries()) values.push([name, groups[at + 1] ?? ''])
  }
  return pattern.length === segments.length ? values : undefined
}

function fold(text: string): string {
  return text.toUpperCase().toLowerCase()
}

function foldPattern({ path, segments }: Pattern): Pattern {
  const folded = segments.map((segment): Segment => {
    if (segment.kind === 'literal') return { ...segment, text: fold(segment.text) }
    return segment.kind === 'mixed' ? { ...segment, texts: segment.texts.map(fold) } : segment
  })
  return { path, segments: folded }
}
