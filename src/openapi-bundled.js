/** `openapi-late.ts` once more, for bundlers: what they do not see imported is not in the bundle. */
export const openapi = () => {
  throw new Error('it is not in the bundle')
}
