import { describe, expect, test } from 'vitest'
import { tokenize } from '../../src/authorize/variables.js'
import { NO_VALUES, Pattern } from '../../src/authorize/wildcard.js'
import { fc } from '../laws.js'
import { naiveGlob } from './naive.js'

const glob = (pattern: string) => new Pattern(tokenize(pattern, { variables: false, wildcards: true }))
const matches = (pattern: string, text: string) => glob(pattern).matches(text, NO_VALUES)

describe('wildcards', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['*', 'anything/at:all', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a?c*?', 'abc', false],
    ['a?c*?', 'abcd', true],
    ['*?b', 'b', false],
    ['*?b', 'aab', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['*\n*', 'a\nb', true],
  ])('%j against %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  test('agree with a table of all prefixes', () => {
    const signs = (...from: string[]) =>
      fc.array(fc.constantFrom(...from), { maxLength: 9 }).map((some) => some.join(''))
    fc.assert(
      fc.property(signs('*', '?', 'a', 'b', '*a'), signs('a', 'b', 'ab'), (pattern, text) => {
        expect(matches(pattern, text)).toBe(naiveGlob(pattern, text))
      }),
      { numRuns: 2000 },
    )
  })

  test('in the text are nothing but characters', () => {
    expect(matches('a', '*')).toBe(false)
    expect(matches('a?', 'a*')).toBe(true)
    expect(matches('pets/7', 'pets/?')).toBe(false)
    expect(matches('pets/7', 'pets/*')).toBe(false)
  })

  const as = 'a'.repeat(10_000)
  test.each([
    ['stars in a row', `${'*'.repeat(5000)}a`, `${as}b`, `b${as}`],
    ['stars between the same letter', `${'*a'.repeat(2500)}*b`, as, `${as}b`],
    ['a long piece that almost fits everywhere', `*${'a'.repeat(4000)}b*`, as, `${as}bc`],
    ['a long piece with holes', `*${'a?'.repeat(1000)}b*`, as, `${as}bc`],
    ['question marks and stars by turns', `${'*?'.repeat(4000)}b`, as, `${as}b`],
  ])('%s do not make a long text take long', (_, pattern, unlike, alike) => {
    expect(matches(pattern, unlike)).toBe(false)
    expect(matches(pattern, alike)).toBe(true)
  })
})
