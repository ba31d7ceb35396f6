/** What is made of a text, kept for the next time that the same one is asked for. */

/** @param most texts at once: past them all is forgotten, and made anew where it is asked for. What throws is not kept. */
export function remembered<T>(make: (text: string) => T, most: number): (text: string) => T {
  const kept = new Map<string, T>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const made = make(text)
    if (kept.size >= most) kept.clear()
    kept.set(text, made)
    return made
  }
}
