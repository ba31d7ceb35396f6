/**
 * `packages.ts` once more, for bundlers, which find what is required by its literal name alone; what runs in one file,
 * as in a worker, has no folder of packages to look in. Not for Node's ES modules: the first CommonJS module that one
 * imports has Node load a lexer for it.
 */
exports.ajv = () => require('ajv')
exports.ajv2020 = () => require('ajv/dist/2020.js')
exports.ajvDraft04 = () => require('ajv-draft-04')
exports.ajvFormats = () => require('ajv-formats/dist/formats.js')
exports.re2js = () => require('re2js')
