import { describe, expect, test } from 'vitest'
import { didYouMean, suggest } from '../../src/suggest.js'
import { fc } from '../laws.js'

const KNOWN = ['throttle', 'timeout', 'apiKey', 'cors']

describe('did you mean', () => {
  test.each([
    ['thottle', 'throttle'],
    ['throtttle', 'throttle'],
    ['trhottle', 'throttle'],
    ['TIMEOUT', 'timeout'],
    ['apikey', 'apiKey'],
    ['core', 'cors'],
    ['api', undefined],
    ['zzzz', undefined],
    ['', undefined],
  ])('%j: %s', (name, meant) => {
    expect(suggest(name, KNOWN)).toBe(meant)
  })

  test('the nearest one is meant, and what else to say where none is near', () => {
    expect(didYouMean('plan-2', ['plan-10', 'plan-1', 'plan-22'], 'x')).toBe('Did you mean `plan-1`?')
    expect(didYouMean('gold', ['free'], 'There is free.')).toBe('There is free.')
  })

  test('a letter more, less or another is always forgiven', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 12 })
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom('', 'x'), (known, at, instead) => {
        const place = at % known.length
        const mistaken = known.slice(0, place) + instead + known.slice(place + 1)
        expect(suggest(mistaken, [known])).toBe(known)
      }),
    )
  })

  test('a megabyte is answered at once', () => {
    expect(suggest('x'.repeat(1_000_000), KNOWN)).toBeUndefined()
  })
})
