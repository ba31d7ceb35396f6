/**
 * Parts of the core that Node loads with the first definition which asks for them, by `parts-late.cjs`: what is not
 * asked for costs a process neither time at its start nor memory. What a bundler makes of ES modules has them from the
 * beginning, as none of these can be loaded late, everywhere, without waiting for a promise.
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
