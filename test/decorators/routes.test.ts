/** Decorated classes behave alike, whatever compiled them. */
import { createGateway, route, routesOf } from 'postern'
import { send } from 'postern/testing'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { FLAVOURS, fixture } from './flavours.js'

type Fixture = typeof import('./fixtures/pets.js')

const patterns = (instance: object) => routesOf(instance).map(({ pattern }) => pattern)

async function text(instance: object, request: string) {
  return (await send(createGateway({ routes: routesOf(instance) }), request)).text()
}

describe.each(FLAVOURS)('compiled by %s, a class', (flavour) => {
  let made: Fixture

  beforeAll(async () => {
    made = await fixture('pets', flavour)
  })

  it('has a route for each decorator, in the order in which they are written', () => {
    expect(patterns(new made.Pets())).toEqual([
      'GET /pets',
      'GET /pets/{petId}',
      'GET /animals/{petId}',
      'POST /pets',
      'DELETE /pets/{petId}',
    ])
  })

  it('answers by its methods, on its instance', async () => {
    const gateway = createGateway({ routes: routesOf(new made.Pets()), plans: { free: {} } })
    expect((await send(gateway, 'GET /pets')).json()).toEqual(['Rex'])
    expect((await send(gateway, 'GET /animals/7')).json()).toEqual({ name: 'Rex' })
    const created = await send(gateway, 'POST /pets', { json: { name: 'Tom' } })
    expect([created.status, created.text()]).toEqual([201, 'I am Tom'])
    expect((await send(gateway, 'GET /pets')).json()).toEqual(['Rex', 'Tom'])
  })

  it('has each route held to its policy', async () => {
    const gateway = createGateway({ routes: routesOf(new made.Pets()), plans: { free: {} } })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    expect((await send(gateway, 'POST /pets', { json: { name: 7 } })).status).toBe(400)
    expect((await send(gateway, 'DELETE /pets/7')).json()).toEqual({ message: 'Forbidden' })
    expect((await send(gateway, 'DELETE /pets/7', { apiKey: value })).status).toBe(403)
  })

  it('keeps its instances apart', async () => {
    const [one, other] = [new made.Pets(), new made.Pets()]
    await send(createGateway({ routes: routesOf(one), plans: { free: {} } }), 'POST /pets', {
      json: { name: 'Tom' },
    })
    expect([one.list(), other.list()]).toEqual([['Rex', 'Tom'], ['Rex']])
    expect(patterns(other)).toEqual(patterns(one))
  })

  it('stands beside other classes and routes', async () => {
    const routes = [...routesOf(new made.Pets(), new made.Talking()), route('GET /health')]
    const gateway = createGateway({ routes, plans: { free: {} } })
    expect((await send(gateway, 'GET /above')).text()).toBe('loud word')
    expect((await send(gateway, 'GET /health')).forwarded).toBeDefined()
  })

  it('may wrap its methods, above and below @Route', async () => {
    const talking = new made.Talking()
    expect(await text(talking, 'GET /between')).toBe('outer inner word')
    expect(await text(talking, 'GET /above')).toBe('loud word')
    expect(await text(talking, 'GET /below')).toBe('loud word')
  })

  it('may have its methods replaced later', async () => {
    const talking = new made.Talking()
    const gateway = createGateway({ routes: routesOf(talking) })
    vi.spyOn(talking, 'both').mockReturnValue('spied')
    expect((await send(gateway, 'GET /above')).text()).toBe('spied')
  })

  it('may call its methods by symbols and any text', async () => {
    const named = new made.Named()
    expect(await text(named, 'GET /symbol')).toBe('symbol')
    expect(await text(named, 'GET /text')).toBe('text')
  })

  describe('that extends another', () => {
    it('inherits its routes, first, but those of methods that it decorates anew', () => {
      expect(patterns(new made.Derived())).toEqual([
        'GET /kept',
        'GET /overridden',
        'GET /overridden/too',
        'GET /replacement',
        'GET /replacement/too',
        'GET /added',
      ])
    })

    it('leaves the other as it was', async () => {
      expect(patterns(new made.Base())).toEqual([
        'GET /kept',
        'GET /overridden',
        'GET /overridden/too',
        'GET /replaced',
      ])
      expect(await text(new made.Base(), 'GET /overridden')).toBe('of the base')
    })

    it('answers by its own overrides, decorated or not', async () => {
      const derived = new made.Derived()
      expect(await text(derived, 'GET /kept')).toBe('kept by derived')
      expect(await text(derived, 'GET /overridden/too')).toBe('derived, of the base')
      expect(await text(derived, 'GET /replacement/too')).toBe('derived')
      expect(await text(new made.Grandchild(), 'GET /replacement')).toBe('grandchild, derived')
    })

    it('has the @Api of the class that is nearest to it, alone', () => {
      expect(patterns(new made.Corners())).toEqual(patterns(new made.Shops()))
      const kiosks = routesOf(new made.Kiosks())
      expect(kiosks.map(({ pattern }) => pattern)).toEqual([
        'GET /kiosks',
        'GET /kiosks/{shopId}',
        'GET /kiosks/{shopId}/open',
        'DELETE /kiosks/{kioskId}',
      ])
      expect(kiosks[0]?.policy).toEqual({ timeout: 5 })
    })

    it('may give a path to routes that have none, also where a container puts a class in its place', async () => {
      expect(await text(new made.Toys(), 'GET /toys')).toBe('all toys')
      expect(await text(new made.Balls(), 'GET /balls')).toBe('all balls')
    })
  })

  describe('with @Api', () => {
    it('has its path before each path', () => {
      expect(patterns(new made.Shops())).toEqual([
        'GET /shops',
        'GET /shops/{shopId}',
        'GET /shops/{shopId}/open',
      ])
    })

    it('shares a policy, of which each field yields to the same field of a route, whole, where it is not undefined', () => {
      expect(routesOf(new made.Shops()).map(({ policy }) => policy)).toEqual([
        { apiKey: true, throttle: { rate: 1, burst: 1 } },
        { apiKey: true, throttle: { rate: 9, burst: 9 }, cors: true },
        { apiKey: true, throttle: { rate: 1, burst: 1 }, timeout: 9 },
      ])
    })
  })

  it('without routes is refused, and told why', () => {
    expect(() => routesOf(new made.Nothing())).toThrow(
      new TypeError("routesOf() found no routes on Nothing: write @Route('GET /pets') above its methods"),
    )
    expect(() => routesOf(new made.Pets(), new made.Nothing())).toThrow('no routes on Nothing')
  })

  it('itself is refused where an instance is asked for', () => {
    expect(() => routesOf(made.Pets)).toThrow(
      new TypeError('routesOf() was given the class Pets: give an instance, routesOf(new Pets())'),
    )
  })
})
