/**
 * `uniqueItems`, and `enum` and `const` where they hold objects. ajv compares each item with each other one, which a
 * list of a million takes for hours, and by calling what the caller may have sent as `valueOf`.
 */

/** Whether no two items are equal. */
export function isDistinct(items: readonly unknown[]): boolean {
  const seen = new Known()
  return items.every((item) => seen.add(item))
}

/** Whether the value is one of those. */
export function among(values: readonly unknown[]): (value: unknown) => boolean {
  const known = new Known()
  for (const value of values) known.add(value)
  return (value) => known.has(value)
}

/** Values by what they say: 1 and 1.0 are one value, and so are objects whose fields stand in another order. */
class Known {
  readonly #scalars = new Set<unknown>()
  readonly #structures = new Set<string>()

  /** @returns false where it was there */
  add(value: unknown): boolean {
    if (this.has(value)) return false
    if (isStructure(value)) this.#structures.add(canonical(value))
    else this.#scalars.add(value)
    return true
  }

  has(value: unknown): boolean {
    return isStructure(value) ? this.#structures.has(canonical(value)) : this.#scalars.has(value)
  }
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function canonical(value: unknown): string {
  if (!isStructure(value)) return JSON.stringify(value) ?? ''
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
  return `{${fields.sort().join()}}`
}
