/** `openapi-late.ts` once more, for CommonJS. */
exports.openapi = () => require('./openapi.cjs')
