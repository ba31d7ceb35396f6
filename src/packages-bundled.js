/** `packages.cjs` as an ES module, which is what bundlers expect to find where they look for one. */
export { ajv, ajv2020, ajvDraft04, ajvFormats, re2js } from './packages.cjs'
