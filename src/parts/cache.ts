/** What keeps answers, loaded with the first definition that has some kept. */
export { Caches, cached, invalidating } from '../cache/cache.js'
export { cache, methodCache, stageCache } from '../control/check/cache.js'
