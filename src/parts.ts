/**
 * Parts of the core that are loaded with the first definition which asks for them: what is not asked for costs a
 * process neither time at its start nor memory. An import of `#parts` is `parts-late.ts` where an ES module can be
 * required without waiting for a promise, as in Node (its condition `module-sync`), Deno and Bun; CommonJS has
 * `parts-late.cjs` in its place. All others, bundlers among them, have this file, where all is there from the beginning.
 */
import * as authorize from './parts/authorize.js'
import * as cache from './parts/cache.js'
import * as validate from './parts/validate.js'

/** Who calls, and what policies say of it. */
export const authorizing = (): typeof authorize => authorize
/** Models, and what is held to them. */
export const validating = (): typeof validate => validate
/** Answers that are kept. */
export const caching = (): typeof cache => cache
