/** `jose`, loaded when a definition first speaks of tokens: it is an ES module, and half of what others load. */

type Jose = typeof import('jose')

let loading: Promise<Jose> | undefined

export function jose(): Promise<Jose> {
  loading ??= import('jose')
  return loading
}
