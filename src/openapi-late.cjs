/** `openapi-late.ts` once more, for CommonJS. */
// @ts-expect-error it is there once it has been built
exports.openapi = () => require('./openapi.cjs')
