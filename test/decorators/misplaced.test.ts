/** A decorator that stands where it cannot work says what would be right, when the class is made. */
import { Api, routesOf } from 'postern'
import { beforeAll, describe, expect, it } from 'vitest'
import { FLAVOURS, fixture, LEGACY, TC39 } from './flavours.js'

type Cases = Record<string, () => unknown>

const METHOD = 'write it as a method, list(context) { … }'
const EVERYWHERE: Readonly<Record<string, string>> = {
  onStatic: `@Route('GET /pets') stands on the static method 'list': leave out 'static', routesOf() takes an instance`,
  onField: `@Route('GET /pets') stands on the field 'list': ${METHOD}`,
  onGetter: `@Route('GET /pets') stands on the getter 'list': ${METHOD}`,
  onSetter: `@Route('GET /pets') stands on the setter 'list': ${METHOD}`,
  onClass: `@Route('GET /pets') stands on a class: put it on a method, and what its routes share into @Api`,
  withoutPattern: `@Route is called with a pattern: @Route('GET /pets')`,
  apiOnMethod: '@Api stands on a member of a class: put it on the class itself',
  apiOnStatic: '@Api stands on a member of a class: put it on the class itself',
  apiWithoutOptions: `@Api is called with what the routes of a class share: @Api({ path: '/pets' })`,
  apiWithoutSlash: `the path of @Api is 'pets': begin it with a slash, '/pets'`,
  apiTwice: '@Api stands twice on Pets: write all that its routes share in one',
}

describe.each(FLAVOURS)('compiled by %s', (flavour) => {
  let made: Cases

  beforeAll(async () => {
    made = await fixture('misplaced', flavour)
  })

  it.each(Object.entries(EVERYWHERE))('%s: %s', (name, message) => {
    expect(made[name]).toThrow(new TypeError(message))
  })
})

describe.each(TC39)('compiled by %s', (flavour) => {
  it('a private method is none, nor is an accessor', async () => {
    const { onPrivate, onAccessor }: Cases = await fixture('private', flavour)
    expect(onPrivate).toThrow(
      new TypeError(
        "@Route('GET /pets') stands on the private method '#list': leave out the '#', routes are called by name",
      ),
    )
    expect(onAccessor).toThrow(new TypeError(`@Route('GET /pets') stands on the accessor 'list': ${METHOD}`))
  })
})

describe.each(LEGACY)('compiled by %s', (flavour) => {
  it('a parameter is no method', async () => {
    const { onParameter, onConstructor }: Cases = await fixture('legacy/parameter', flavour)
    const fix = 'put it on the method itself'
    expect(onParameter).toThrow(new TypeError(`@Route('GET /pets') stands on a parameter of 'list': ${fix}`))
    expect(onConstructor).toThrow(
      new TypeError(`@Route('GET /pets') stands on a parameter of 'constructor': ${fix}`),
    )
  })
})

describe('where no compiler has looked', () => {
  it.each([
    [undefined, 'routesOf() was given undefined: give an instance, routesOf(new Pets())'],
    [null, 'routesOf() was given null: give an instance, routesOf(new Pets())'],
    ['Pets', 'routesOf() was given Pets: give an instance, routesOf(new Pets())'],
    [class {}, 'routesOf() was given the class Pets: give an instance, routesOf(new Pets())'],
    [{}, "routesOf() found no routes on Object: write @Route('GET /pets') above its methods"],
    [
      Object.create(null),
      "routesOf() found no routes on an object without a class: write @Route('GET /pets') above its methods",
    ],
  ])('%s has no routes', (given, message) => {
    expect(() => routesOf(given as object)).toThrow(new TypeError(message))
  })

  it.each([undefined, null, 7])('@Api(%s) is refused', (given) => {
    expect(() => Api(given as never)).toThrow('@Api is called with what the routes of a class share')
  })
})
