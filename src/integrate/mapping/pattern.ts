/** Java's regular expressions, in time that grows with the text and no faster. */
import type { RE2JS } from 're2js'
import { linearEngine } from '../../linear.js'
import { MappingFault } from './faults.js'

/** A pattern of Java's. */
export interface JavaPattern {
  /** Whether the text matches as a whole. */
  matches(text: string): boolean
  readonly compiled: RE2JS
}

const FLAGS: Readonly<Record<string, string>> = { i: 'i', s: 's', m: 'm' }

/**
 * @param flags those of `/…/i`, for JSON paths
 * @throws MappingFault
 */
export function javaPattern(pattern: string, flags = ''): JavaPattern {
  const known = [...flags].map((flag) => FLAGS[flag] ?? '').join('')
  const text = known === '' ? pattern : `(?${known})${pattern}`
  try {
    const compiled = linearEngine().compile(text)
    return { compiled, matches: (given) => compiled.matches(given) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MappingFault(
      `'${pattern.slice(0, 80)}' is no pattern that runs in linear time (${reason})`,
      'Write it without looking ahead or behind and without references to groups.',
    )
  }
}
