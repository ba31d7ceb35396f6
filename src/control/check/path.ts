/** Where a value stands in a definition. Put into words only where something is wrong there. */

/** The words, or a field or an item of something that stands somewhere, or that itself, without a key. */
export type Path = string | { readonly parent: Path; readonly key?: string | number | undefined }

/** As JavaScript would reach it. */
export function textOf(path: Path): string {
  if (typeof path === 'string') return path
  const parent = textOf(path.parent)
  return path.key === undefined ? parent : pathOf(parent, path.key)
}

/** The path of a field. */
export function pathOf(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (/^[A-Za-z_$][\w$]*$/.test(key)) return parent === '' ? key : `${parent}.${key}`
  return `${parent}['${key.replace(/[\\']/g, '\\$&')}']`
}
