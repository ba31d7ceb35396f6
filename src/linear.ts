/** Regular expressions that run in linear time, whatever they are given: RE2's. */

import type { RE2JS } from 're2js'
import { re2js } from '#packages'

/** Loaded when it is first asked for: most apps need none. */
export function linearEngine(): typeof RE2JS {
  return re2js().RE2JS
}
