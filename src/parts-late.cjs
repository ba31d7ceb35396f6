/** `parts.ts` once more, for CommonJS: each file is there once it has been built. */
// @ts-expect-error
exports.authorizing = () => require('./part-authorize.cjs')
// @ts-expect-error
exports.validating = () => require('./part-validate.cjs')
// @ts-expect-error
exports.caching = () => require('./part-cache.cjs')
