/** Regular expressions that run in linear time, whatever they are given: RE2's. */
import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

const load = createRequire(import.meta.url)

/** Loaded when it is first asked for: most apps need none. */
export function linearEngine(): typeof RE2JS {
  return load('re2js').RE2JS
}
