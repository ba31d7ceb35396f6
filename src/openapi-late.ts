/**
 * What reads documents, loaded when a definition first names one. An import of `#openapi` is this file for Node's ES
 * modules, Deno and Bun; CommonJS has `openapi-late.cjs` in its place, and bundlers `openapi-bundled.js`.
 */
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** Has `postern/openapi` register itself. */
export const openapi = (): unknown => load('./openapi.js')
