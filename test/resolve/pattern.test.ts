import { METHODS } from 'node:http'
import { describe, expect, it } from 'vitest'
import { PatternError, parsePattern, parseRoute, shapeOf } from '../../src/resolve/pattern.js'
import { fc } from '../laws.js'

const paths = (text: string) => parsePattern(text).map(({ path }) => path)

function faultOf(run: () => unknown): { message: string; fix: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof PatternError) return { message: error.message, fix: error.fix }
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a pattern', () => {
  it("is read in AWS's syntax and in path-to-regexp's alike", () => {
    for (const [aws, other] of [
      ['/pets/{petId}', '/pets/:petId'],
      ['/files/{path+}', '/files/*path'],
      ['/{a}/x/{b}', '/:a/x/:b'],
      ['/{proxy+}', '/*proxy'],
      ['/v{major}.{minor}', '/v:major.:minor'],
    ] as const) {
      expect(parsePattern(other)).toEqual(parsePattern(aws))
      expect(paths(other)).toEqual([aws])
    }
  })

  it('has a segment for what stands between two slashes', () => {
    expect(parsePattern('/pets/{petId}/v{a}-{b}.json/{rest+}')).toEqual([
      {
        path: '/pets/{petId}/v{a}-{b}.json/{rest+}',
        segments: [
          { kind: 'literal', text: 'pets' },
          { kind: 'param', name: 'petId' },
          { kind: 'mixed', texts: ['v', '-', '.json'], names: ['a', 'b'] },
          { kind: 'greedy', name: 'rest' },
        ],
      },
    ])
    expect(parsePattern('/{a}.{b}')[0]?.segments).toEqual([
      { kind: 'mixed', texts: ['', '.', ''], names: ['a', 'b'] },
    ])
  })

  it('may end in a slash, which says nothing', () => {
    expect(paths('/pets/')).toEqual(['/pets'])
    expect(parsePattern('/')).toEqual([{ path: '/', segments: [] }])
    expect(parsePattern('/:a/')).toEqual(parsePattern('/{a}'))
  })

  it('with optional parts stands for several, the longest first', () => {
    expect(paths('/a{/:b}')).toEqual(['/a/{b}', '/a'])
    expect(paths('/a{/:b{/:c}}')).toEqual(['/a/{b}/{c}', '/a/{b}', '/a'])
    expect(paths('/a{/:b}{/:c}')).toEqual(['/a/{b}/{c}', '/a/{b}', '/a'])
    expect(paths('/:file{.:ext}')).toEqual(['/{file}.{ext}', '/{file}'])
    expect(paths('/{v1/}pets')).toEqual(['/v1/pets', '/pets'])
    expect(paths('/a{/}')).toEqual(['/a'])
    expect(paths('/a{b/c}d')).toEqual(['/ab/cd', '/ad'])
  })

  it('reads literals decoded once, percent-encoded or not', () => {
    for (const text of ['/café', '/caf%C3%A9', '/caf%c3%a9']) {
      expect(parsePattern(text)).toEqual([
        { path: '/caf%C3%A9', segments: [{ kind: 'literal', text: 'café' }] },
      ])
    }
    expect(parsePattern('/a%2Fb')[0]?.segments).toEqual([{ kind: 'literal', text: 'a/b' }])
    expect(parsePattern('/a b/%252e')[0]?.path).toBe('/a%20b/%252e')
  })

  it('may hold signs that a syntax has taken, encoded or escaped', () => {
    const pattern = [{ path: '/pets%3Abatch%2A', segments: [{ kind: 'literal', text: 'pets:batch*' }] }]
    expect(parsePattern('/pets%3Abatch%2A')).toEqual(pattern)
    expect(parsePattern('/pets\\:batch\\*')).toEqual(pattern)
    expect(paths('/a(b)+[c]!')).toEqual(['/a(b)+%5Bc%5D!'])
    expect(paths('/x%7Bid%7D')).toEqual(['/x%7Bid%7D'])
  })

  it('may have names of letters of any script, and quoted ones', () => {
    expect(parsePattern('/:имя')).toEqual(parsePattern('/{имя}'))
    expect(parsePattern('/:"a b"')[0]?.segments).toEqual([{ kind: 'param', name: 'a b' }])
    expect(parsePattern('/{a.b-c_1}')[0]?.segments).toEqual([{ kind: 'param', name: 'a.b-c_1' }])
    expect(parsePattern('/{constructor}/{toString}')[0]?.segments).toHaveLength(2)
  })
})

describe('a pattern is refused', () => {
  it.each([
    ['pets', /does not start with/, /`\/pets`/],
    ['', /does not start with/, /`\/`/],
    ['/a//b', /an empty segment/, /one slash/],
    ['//', /an empty segment/, /one slash/],
    ['/a//', /an empty segment/, /one slash/],
    ['/a{/}/b', /an empty segment/, /one slash/],
    ['/a?b=c', /holds '\?'/, /%3F/],
    ['/a#b', /holds '#'/, /%23/],
    ['GET /health', /does not start with/, /`\/health`/],
    ['http://api.acme.com/pets', /does not start with/, /`\/pets`/],
    ['/pets/:petId?', /optional parameter as Express 4/, /`\/pets\{\/:petId\}`/],
    ['/pets/:petId?/toys/:toyId?', /optional/, /`\/pets\{\/:petId\}\/toys\{\/:toyId\}`/],
    ['/files/*', /Missing parameter name/, /Write `\/files\/\*path`\./],
    ['/files/{path*}', /Missing parameter name/, /Write `\/files\/\{path\+\}`\./],
    [
      '/pets/:petId(\\d+)',
      /Unexpected \(/,
      /Write `\/pets\/:petId`, and hold a parameter to a schema in `parameters\.path`/,
    ],
    ['/a/../b', /a dot segment/, /Leave it out/],
    ['/.', /a dot segment/, /Leave it out/],
    ['/%2e%2e', /a dot segment/, /Leave it out/],
    ['/a%5Cb', /a backslash/, /Leave it out/],
    ['/a\\\\b', /a backslash/, /Leave it out/],
    ['/a%00', /a NUL/, /Leave it out/],
    ['/%', /malformed percent/, /%25/],
    ['/%zz/{a}', /malformed percent/, /%25/],
    ['/{path+}/x', /a wildcard that is not its whole last segment/, /\/files\/{path\+}/],
    ['/*path/x', /a wildcard that is not its whole last segment/, /\/files\/{path\+}/],
    ['/x{path+}', /a wildcard that is not its whole last segment/, /\/files\/{path\+}/],
    ['/*path.json', /a wildcard that is not its whole last segment/, /\/files\/{path\+}/],
    ['/{a}/{a}', /two parameters named 'a'/, /name of its own/],
    ['/:a-:a', /two parameters named 'a'/, /name of its own/],
    ['/{a}{b}', /without text between/, /slash/],
    ['/x:a:b', /without text between/, /slash/],
    ['/{__proto__}', /'__proto__' cannot name/, /letters/],
    ['/:__proto__', /'__proto__' cannot name/, /letters/],
    ['/:"a/b"', /'a\/b' cannot name/, /letters/],
    ['/pets/:petId/toys/{toyId}', /mixes/, /throughout/],
    ['/{a}{/:b}', /mixes/, /throughout/],
    ['/{a}/*b', /mixes/, /throughout/],
    ['/{pet id}', /'{pet id}'/, /letters/],
    ['/pets/{}', /'{}'/, /letters/],
    ['/pets/{a:b}', /'{a:b}'/, /letters/],
    ['/a{', /Unexpected end/, /\/pets\/:petId/],
    ['/a}', /Unexpected }/, /\/pets\/:petId/],
    ['/:', /Missing parameter name/, /\/pets\/:petId/],
    ['/a{/b}{/c}{/d}{/e}{/f}{/g}', /more than 32/, /several routes/],
  ])('%s', (text, message, fix) => {
    const fault = faultOf(() => parsePattern(text))
    expect(fault.message).toMatch(message)
    expect(fault.fix).toMatch(fix)
  })

  it('in no time, however many optional parts it has', () => {
    expect(faultOf(() => parsePattern(`/a${'{/b}'.repeat(2000)}`)).message).toMatch(/more than 32/)
  })
})

describe('laws of patterns', () => {
  const text = fc.string({ unit: fc.constantFrom(...'/{}:*ab.-%2+\\"é ?'.split('')), maxLength: 14 })

  it('whatever is written is read, or refused with a fix; what was read is read again alike', () => {
    fc.assert(
      fc.property(text, (rest) => {
        let patterns: ReturnType<typeof parsePattern>
        try {
          patterns = parsePattern(`/${rest}`)
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError)
          expect((error as PatternError).fix).not.toBe('')
          return
        }
        for (const pattern of patterns) {
          if (!/\{[^}]*[ ?%"\\:*]|\{[.-]/.test(pattern.path))
            expect(parsePattern(pattern.path)).toEqual([pattern])
        }
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('the shape of a pattern', () => {
  const shape = (path: string) => parsePattern(path).map(shapeOf)

  it('is that of another one that differs by names alone', () => {
    expect(shape('/pets/{a}')).toEqual(shape('/pets/:b'))
    expect(shape('/v{a}.{b}/{c+}')).toEqual(shape('/v:x.:y/*z'))
    expect(shape('/café/')).toEqual(shape('/caf%C3%A9'))
  })

  it('tells apart what matches different paths', () => {
    const all = [
      '/',
      '/a',
      '/{a}',
      '/{a+}',
      '/a/{b}',
      '/{a}/b',
      '/x{a}',
      '/{a}x',
      '/%7B%7D',
      '/A',
      '/a%2Fb',
      '/a/b',
    ]
    expect(new Set(all.flatMap(shape)).size).toBe(all.length)
  })
})

describe('a route', () => {
  it('has a method, patterns, and a name in the spelling of AWS', () => {
    expect(parseRoute('GET /pets/:petId')).toMatchObject({
      method: 'GET',
      path: '/pets/{petId}',
      name: 'GET /pets/{petId}',
    })
    expect(parseRoute('ANY  /a{/:b}')).toMatchObject({ method: 'ANY', path: '/a/{b}', name: 'ANY /a/{b}' })
    expect(parseRoute('ANY /a{/:b}').patterns).toHaveLength(2)
    expect(parseRoute('GET /').name).toBe('GET /')
  })

  it('may have any method that Node knows, but for CONNECT', () => {
    for (const method of METHODS.filter((name) => name !== 'CONNECT')) {
      expect(parseRoute(`${method} /a`).method).toBe(method)
    }
  })

  it.each([
    ['/pets', /names no method/, '`ANY /pets`'],
    ['GET', /no method and path/, '`GET /pets`'],
    ['', /no method and path/, '`GET /pets`'],
    ['get /pets', /not in upper case/, '`GET /pets`'],
    ['any /pets', /not in upper case/, '`ANY /pets`'],
    ['FETCH /pets', /no method 'FETCH'/, 'ANY'],
    ['CONNECT /pets', /no method 'CONNECT'/, 'ANY'],
    ['GET pets', /does not start with/, '`/pets`'],
    ['GET http://api.acme.com/pets', /does not start with/, '`/pets`'],
    ['* /pets', /no method '\*'/, '`ANY /pets`'],
    ['toString /pets', /no method/, 'ANY'],
  ])('%j is refused', (text, message, fix) => {
    const fault = faultOf(() => parseRoute(text))
    expect(fault.message).toMatch(message)
    expect(fault.fix).toContain(fix)
  })
})
