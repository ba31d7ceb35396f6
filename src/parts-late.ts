/** `parts.ts` once more, for whoever can require an ES module. */
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

export const authorizing = (): typeof import('./parts/authorize.js') => load('./part-authorize.js')
export const validating = (): typeof import('./parts/validate.js') => load('./part-validate.js')
export const caching = (): typeof import('./parts/cache.js') => load('./part-cache.js')
