/**
 * fast-check, as all laws use it. CI looks at the same cases each time, so that a change is judged by what it changes;
 * elsewhere every run looks at new ones. What has failed is repeated by `SEED=… npx vitest`.
 */
import fc from 'fast-check'

const { CI, SEED = CI === 'true' ? '20261126' : '' } = process.env
if (SEED !== '') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(SEED) })

export { default as fc } from 'fast-check'
