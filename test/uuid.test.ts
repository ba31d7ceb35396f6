import { expect, it } from 'vitest'
import { uuid } from '../src/uuid.js'

it('an id is a random UUID of version 4, and no two are alike', () => {
  const ids = Array.from({ length: 1_000 }, uuid)
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(new Set(ids).size).toBe(1_000)
  // Each digit that is random has each of its values.
  const free = [...Array(36).keys()].filter((at) => ![8, 13, 14, 18, 19, 23].includes(at))
  for (const at of free) expect(new Set(ids.map((id) => id[at])).size).toBe(16)
})
