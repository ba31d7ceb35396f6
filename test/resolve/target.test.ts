import { match } from 'path-to-regexp'
import { describe, expect, it } from 'vitest'
import { countParameters, encodeSegment, splitTarget, type Target } from '../../src/resolve/target.js'
import { fc } from '../laws.js'

function fit(text: string): Target {
  const target = splitTarget(text)
  if (typeof target === 'string') throw new Error(`${text}: ${target}`)
  return target
}

describe('a target that is fit', () => {
  it.each([
    ['/', []],
    ['/pets', ['pets']],
    ['/pets/7', ['pets', '7']],
    ['/pets/7/', ['pets', '7']],
    ['/a%2Fb/c', ['a/b', 'c']],
    ['/caf%C3%A9', ['café']],
    ['/%252e%252e', ['%2e%2e']],
    ['/a%20b', ['a b']],
    ['/.well-known', ['.well-known']],
    ['/...', ['...']],
    ['/a.b..c', ['a.b..c']],
    ["/a:b@c!d$e&f'g(h)i*j+k,l;m=n~", ["a:b@c!d$e&f'g(h)i*j+k,l;m=n~"]],
  ])('%s has the segments %j', (text, segments) => {
    expect(fit(text).segments).toEqual(segments)
  })

  it('keeps path and query apart, both as received', () => {
    const target = fit('/a%2fb/?x=%zz&y=/../')
    expect(target.path).toBe('/a%2fb/')
    expect(target.query).toBe('?x=%zz&y=/../')
    expect(fit('/a?').query).toBe('?')
    expect(fit('/a').query).toBe('')
  })

  it('knows of a slash at its end, which the path / alone has not', () => {
    expect(fit('/a/').trailingSlash).toBe(true)
    expect(fit('/a%20/').trailingSlash).toBe(true)
    expect(fit('/a').trailingSlash).toBe(false)
    expect(fit('/').trailingSlash).toBe(false)
    expect(fit('/a?b/').trailingSlash).toBe(false)
  })
})

describe('the canonical path', () => {
  it.each(['/', '/pets/7', '/pets/7/', '/a%2Fb', '/100%25', "/:@!$&'()*+,;=", '/caf%C3%A9'])(
    'of %s is the very same string',
    (text) => {
      const target = fit(text)
      expect(target.canonicalPath).toBe(text)
      expect(target.clean).toBe(true)
    },
  )

  it.each([
    ['/a%2fb', '/a%2Fb'],
    ['/%41%2D%5F%2E%7E', '/A-_.~'],
    ['/a%3Ab%40', '/a:b@'],
    ['/caf%c3%a9/', '/caf%C3%A9/'],
    ['/"<>^`{|}[]', '/%22%3C%3E%5E%60%7B%7C%7D%5B%5D'],
    ['/%252e', '/%252e'],
  ])('of %s is %s', (text, canonical) => {
    const target = fit(text)
    expect(target.canonicalPath).toBe(canonical)
    expect(target.clean).toBe(text === canonical)
  })

  it('is cut at segments for a stage', () => {
    expect(fit('/prod/pets/7/?x').canonical(1)).toBe('/pets/7/')
    expect(fit('/prod/pets/7').canonical(2)).toBe('/7')
    expect(fit('/prod').canonical(1)).toBe('/')
    expect(fit('/prod/').canonical(1)).toBe('/')
    expect(fit('/').canonical(0)).toBe('/')
    expect(fit('/pr%6Fd/a%2Fb').canonical(1)).toBe('/a%2Fb')
    expect(fit('/a/b').canonical(0)).toBe('/a/b')
  })
})

describe('a target is refused', () => {
  it.each([
    ['', 'a target that is not a path'],
    ['*', 'a target that is not a path'],
    ['example.com:443', 'a target that is not a path'],
    ['http://example.com/', 'a target that is not a path'],
    ['?x', 'a target that is not a path'],
    ['//', 'an empty segment'],
    ['//host/a', 'an empty segment'],
    ['/a//b', 'an empty segment'],
    ['/a//', 'an empty segment'],
    ['/.', 'a dot segment'],
    ['/..', 'a dot segment'],
    ['/a/../b', 'a dot segment'],
    ['/a/./b', 'a dot segment'],
    ['/a/..?x', 'a dot segment'],
    ['/%2e%2E/b', 'a dot segment'],
    ['/.%2e', 'a dot segment'],
    ['/a%2F..%2Fb', 'a dot segment'],
    ['/a%2f.', 'a dot segment'],
    ['/a\\b', 'a backslash'],
    ['/a%5Cb', 'a backslash'],
    ['/..%5c', 'a backslash'],
    ['/a%00', 'a NUL'],
    ['/%', 'a malformed percent-encoding'],
    ['/%4', 'a malformed percent-encoding'],
    ['/%zz', 'a malformed percent-encoding'],
    ['/%c0%ae', 'a malformed percent-encoding'],
    ['/%ed%a0%80', 'a malformed percent-encoding'],
    ['/%C3', 'a malformed percent-encoding'],
    ['/a#b', 'a character that no URI may hold'],
    ['/a b', 'a character that no URI may hold'],
    ['/a\t', 'a character that no URI may hold'],
    ['/a\0', 'a character that no URI may hold'],
    ['/a\x7f', 'a character that no URI may hold'],
    ['/caf\xe9', 'a character that no URI may hold'],
    ['/ＡＤ', 'a character that no URI may hold'],
    ['/a?b#c', 'a character that no URI may hold'],
    ['/a?b c', 'a character that no URI may hold'],
    ['/a?\xa0', 'a character that no URI may hold'],
  ])('%j: %s', (text, reason) => {
    expect(splitTarget(text)).toBe(reason)
  })
})

describe('laws of targets', () => {
  const hostile = fc.string({ unit: fc.constantFrom(...'/.%25eEfF?#\\aZ0é \0:'.split('')), maxLength: 24 })
  const segment = fc
    .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
    .filter(
      (text) =>
        text.isWellFormed() && !/[\\\0]/.test(text) && !text.split('/').some((part) => /^\.\.?$/.test(part)),
    )

  it('the canonical path has the same segments as the raw one, and is its own canonical path', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const target = splitTarget(`/${text}`)
        if (typeof target === 'string') return
        const again = fit(target.canonicalPath)
        expect(again.segments).toEqual(target.segments)
        expect(again.clean).toBe(true)
        expect(again.trailingSlash).toBe(target.trailingSlash)
      }),
      { numRuns: 5000 },
    )
  })

  it('what is admitted is one decoding of what stands between the slashes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const target = splitTarget(`/${text}`)
        if (typeof target === 'string') return
        const raw = target.path.slice(1).replace(/\/$/, '')
        expect(target.segments).toEqual(raw === '' ? [] : raw.split('/').map(decodeURIComponent))
        for (const part of target.segments.flatMap((decoded) => decoded.split('/'))) {
          expect(['.', '..']).not.toContain(part)
          expect(part).not.toMatch(/[\\\0]/)
        }
        expect(target.canonicalPath).toMatch(/^[!$&-;=@-Z_a-z~%]+$/)
      }),
      { numRuns: 5000 },
    )
  })

  it('any segments survive being encoded, whoever encodes them', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        expect(fit(`/${segments.map(encodeURIComponent).join('/')}`).segments).toEqual(segments)
        const canonical = `/${segments.map(encodeSegment).join('/')}`
        expect(fit(canonical).canonicalPath).toBe(canonical)
        expect(match('/*all')(canonical)).toMatchObject({ params: { all: segments } })
      }),
    )
  })

  it('each cut takes one segment off the canonical path', () => {
    fc.assert(
      fc.property(hostile, fc.nat(4), (text, from) => {
        const target = splitTarget(`/${text}`)
        if (typeof target === 'string') return
        expect(fit(target.canonical(from)).segments).toEqual(target.segments.slice(from))
      }),
    )
  })
})

describe('query parameters', () => {
  it.each([
    ['', 0],
    ['?', 0],
    ['?a', 1],
    ['?a=1&b', 2],
    ['?&&a&&b&', 6],
    ['?a=1&a=2', 2],
  ])('%s has %i', (query, count) => {
    expect(countParameters(query)).toBe(count)
  })

  it('are counted as splitting would', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('&', 'a', '=') }), (query) => {
        expect(countParameters(`?${query}`)).toBe(query === '' ? 0 : query.split('&').length)
      }),
    )
  })
})
