/**
 * A bound on how long one value is looked at. Choices within choices that refer to each other may take time by the
 * power of a value's depth, so that a few hundred bytes would do for a day.
 */

/** Some tens of milliseconds. */
const MOST = 2_000_000

class TooManySteps extends Error {}

let taken = 0

/** A keyword of ajv: counts, and lets pass. Validation is synchronous, so one counter serves all. */
export function step(): true {
  if (++taken > MOST) throw new TooManySteps()
  return true
}

/** @returns what `validate` returns, or `undefined` where that took too long */
export function bounded(validate: (value: unknown) => boolean, value: unknown): boolean | undefined {
  taken = 0
  try {
    return validate(value)
  } catch (error) {
    // A schema may also refer to itself without end, which the stack ends.
    if (error instanceof TooManySteps || error instanceof RangeError) return undefined
    throw error
  }
}
