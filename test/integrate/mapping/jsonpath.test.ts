/**
 * JSON paths: what their author and Jayway's implementation, which is AWS's, document, and laws.
 *
 * @see https://goessner.net/articles/JsonPath/
 * @see https://github.com/json-path/JsonPath
 */
import { describe, expect, it } from 'vitest'
import { fc } from '../../laws.js'
import { faultsOf, rendered, templates } from './support.js'

const BOOKS = [
  { category: 'reference', author: 'Nigel Rees', title: 'Sayings of the Century', price: 8.95 },
  { category: 'fiction', author: 'Evelyn Waugh', title: 'Sword of Honour', price: 12.99 },
  { category: 'fiction', author: 'Herman Melville', title: 'Moby Dick', isbn: '0-553-21311-3', price: 8.99 },
  {
    category: 'fiction',
    author: 'J. R. R. Tolkien',
    title: 'The Lord of the Rings',
    isbn: '0-395-19395-8',
    price: 22.99,
  },
]
const BICYCLE = { color: 'red', price: 19.95 }
const STORE = { store: { book: BOOKS, bicycle: BICYCLE }, expensive: 10 }

/** Quotes of a template's texts are doubled. */
const quoted = (path: string) => `'${path.replaceAll("'", "''")}'`
const valueAt = async (path: string, body: unknown) =>
  JSON.parse(await rendered(`$input.json(${quoted(path)})`, { body }))

const authors = BOOKS.map(({ author }) => author)
const [first, second, third, fourth] = BOOKS

describe('a path', () => {
  it.each<[string, unknown]>([
    ['$', STORE],
    ['$.store.book[*].author', authors],
    ['$..author', authors],
    ['$.store.*', [BOOKS, BICYCLE]],
    ['$.store..price', [8.95, 12.99, 8.99, 22.99, 19.95]],
    ['$..book[2]', [third]],
    ['$..book[-2]', [third]],
    ['$..book[0,1]', [first, second]],
    ['$..book[:2]', [first, second]],
    ['$..book[1:2]', [second]],
    ['$..book[-2:]', [third, fourth]],
    ['$..book[2:]', [third, fourth]],
    ['$..book[-1:]', [fourth]],
    ['$..book[?(@.isbn)]', [third, fourth]],
    ['$..book[?(!@.isbn)]', [first, second]],
    ['$.store.book[?(@.price < 10)]', [first, third]],
    ["$..book[?(@.price <= $['expensive'])]", [first, third]],
    ['$..book[?(@.author =~ /.*REES/i)]', [first]],
    ['$..book.length()', [4]],
    ['$.store.book.length()', 4],
    ['$.store.book[*].price.max()', 22.99],
    ["$.store.book[?(@.category == 'fiction' && @.price > 10 && @.price < 20)].title", ['Sword of Honour']],
    ['$.store.book[?(@.category == \'reference\' || @.title == "Moby Dick")].price', [8.95, 8.99]],
    ["$.store.book[?(@.category in ['reference', 'poetry'])].title", ['Sayings of the Century']],
    ["$.store.book[?(@.category nin ['fiction'])].price", [8.95]],
    ["$['store']['bicycle']['color']", 'red'],
    ['$["store"]["bicycle"]["color"]', 'red'],
    ["$.store.bicycle['color','price']", BICYCLE],
    ["$..['title','price']", expect.arrayContaining([{ price: 19.95 }, { title: 'Moby Dick', price: 8.99 }])],
    ['$.store.book[0].author', 'Nigel Rees'],
    ['$.store.book[-1].title', 'The Lord of the Rings'],
    ['store.book[0].title', 'Sayings of the Century'],
    ['$.store.book[9]', ''],
    ['$.store.gone.deeper', ''],
    ['$..gone', []],
    ['$.store.book[?(@.price > 100)]', []],
    ['$.store.bicycle[0]', ''],
    ['$.store.book.title', ''],
    ['$.store.book[?(@.isbn == null)]', []],
    ['$.store.bicycle[?(@.color == "red")].price', [19.95]],
    ['$.store.book[?(@.title contains "Lord")].price', [22.99]],
    ['$.store.book[?(@.title size 9)].title', ['Moby Dick']],
    ['$.store.book[?((@.price < 9 || @.price > 20) && !(@.category == "reference"))].price', [8.99, 22.99]],
    ['$.store.book[?(@.price == "8.95")].author', ['Nigel Rees']],
    ['$.store.book[?("Evelyn Waugh" == @.author)].price', [12.99]],
  ])('%s', async (path, expected) => expect(await valueAt(path, STORE)).toEqual(expected))

  it.each([
    ['$.a[', "the JSON path '$.a[' ends too early"],
    ['$.a[x]', "the JSON path '$.a[x]' cannot be read from 'x]' on"],
    ['$.', "the JSON path '$.' ends too early"],
    ['$.a b', "the JSON path '$.a b' cannot be read from ' b' on"],
    ['$[?(@.a ~ 1)]', "the JSON path '$[?(@.a ~ 1)]' cannot be read from '~ 1)]' on"],
    ['$.a.evil()', "the JSON path '$.a.evil()' ends with evil(), which is none of its functions"],
    ['$[?(@.a =~ /(?<=b)c/)]', "'(?<=b)c' is no pattern that runs in linear time"],
  ])('that is none is found when it is written: %s', (path, words) => {
    const parameters = { 'method.response.header.x': `integration.response.body.${path}` }
    const fault = faultsOf({ responses: [{ parameters }] })
    expect(fault).toContain(`responses[0].parameters['method.response.header.x']: ${words}`)
  })

  it('finds only what JSON itself holds', async () => {
    const body = '{"__proto__": 1, "a": {"constructor": 2}}'
    expect(await valueAt('$.__proto__', body)).toBe(1)
    expect(await valueAt("$['a']['constructor']", body)).toBe(2)
    expect(await valueAt('$.constructor', body)).toBe('')
    expect(await valueAt('$.a.toString', body)).toBe('')
    expect(await valueAt('$.a.__proto__', body)).toBe('')
    expect(await valueAt('$.length', '[1]')).toBe('')
    expect(await valueAt('$..__proto__', body)).toEqual([1])
  })

  it('is refused where it would look at too much', async () => {
    const list = JSON.stringify(Array.from({ length: 600 }, (_, index) => index))
    expect(await rendered("$input.json('$[?(@ in $)]')", { body: list })).toContain('[0,1,2')
    expect(await rendered("$input.json('$..[?($ == $.x)]..*..*')", { body: `[${list},${list}]` })).toContain(
      '[',
    )
    const large = JSON.stringify(Array.from({ length: 3_000 }, (_, index) => index))
    expect(await rendered("$input.json('$[?(@ in $)]')", { body: large })).toMatch(/^500/)
  })
})

const KEYS = ['a', 'b', "it's", 'x.y', '0', '']
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium' },
    fc.integer({ min: -9, max: 9 }),
    fc.constantFrom('', 'a', 'b', null, true, false),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 4 }),
  ),
}))

/** A step of a path, and the values that it leads to from one value: as simple as can be. */
interface Step {
  readonly text: string
  readonly from: (value: unknown) => readonly unknown[]
  readonly definite: boolean
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const children = (value: unknown) =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
const containers = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? [value, ...children(value).flatMap(containers)] : []
const escaped = (key: string) => `'${key.replaceAll("'", "\\'")}'`
const keyed = (key: string) => (value: unknown) => (isObject(value) && key in value ? [value[key]] : [])

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...KEYS).map((key) => ({ text: `[${escaped(key)}]`, from: keyed(key), definite: true })),
  fc.constantFrom('a', 'b', '0').map((key) => ({ text: `.${key}`, from: keyed(key), definite: true })),
  fc.integer({ min: -5, max: 5 }).map((index) => ({
    text: `[${index}]`,
    from: (value: unknown) =>
      Array.isArray(value) && value.at(index) !== undefined ? [value.at(index)] : [],
    definite: true,
  })),
  fc.constantFrom('.*', '[*]').map((text) => ({ text, from: children, definite: false })),
  fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })).map(([start, end]) => ({
    text: `[${start}:${end}]`,
    from: (value: unknown) => (Array.isArray(value) ? value.slice(start, end) : []),
    definite: false,
  })),
  fc.constantFrom('a', 'b').map((key) => ({
    text: `..${key}`,
    from: (value: unknown) => containers(value).flatMap(keyed(key)),
    definite: false,
  })),
  fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: -9, max: 9 })).map(([key, least]) => ({
    text: `[?(@.${key} >= ${least})]`,
    from: (value: unknown) =>
      (Array.isArray(value) ? value : isObject(value) ? [value] : []).filter((each) => {
        const given = keyed(key)(each)[0]
        return typeof given === 'number' && given >= least
      }),
    definite: false,
  })),
)

describe('any path', () => {
  it('leads to where taking its steps one by one leads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.array(json), fc.dictionary(fc.constantFrom(...KEYS), json)),
        fc.array(step, { maxLength: 4 }),
        async (document, steps) => {
          const path = `$${steps.map(({ text }) => text).join('')}`
          const found = steps.reduce<readonly unknown[]>(
            (values, { from }) => values.flatMap(from),
            [document],
          )
          const definite = steps.every((each) => each.definite)
          expect(await valueAt(path, document)).toEqual(
            definite ? (found.length === 0 ? '' : found[0]) : found,
          )
        },
      ),
      { numRuns: 400 },
    )
  })

  it('is read, or refused with words', async () => {
    const noise = fc.stringMatching(/^[$@.[\]()?*'",:!=<>&|~/a0 -]{0,20}$/)
    await fc.assert(
      fc.property(noise, (path) => {
        const options = { responses: [{ templates: templates(`$input.path(${quoted(path)})`) }] }
        expect(faultsOf(options)).toMatch(/^none$|^the gateway's definition has /)
      }),
    )
  })

  it('of the whole gives back the JSON that was sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        fc.pre(JSON.stringify(value).trim() !== '')
        expect(await valueAt('$', JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 200 },
    )
  })
})
