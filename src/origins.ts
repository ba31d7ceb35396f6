/** Where a definition was read from, so that what is wrong with it can be told where its author looks. */
import type { Fault } from './errors.js'

/** On a definition that was read from a document; whoever spreads the definition takes it along. */
export const ORIGINS = Symbol.for('postern.origins')

export interface Origins {
  /** As the document is called. */
  readonly document: string
  /** The pointer to what stands in the definition at that path; `undefined` where it is not of the document. */
  readonly at: (path: string) => string | undefined
}

/** The same faults, with pointers into the document where they are its own. */
export function located(definition: unknown, faults: readonly Fault[]): readonly Fault[] {
  const origins = originsIn(definition)
  if (origins === undefined) return faults
  return faults.map((fault) => {
    const pointer = fault.pointer ?? origins.at(fault.path)
    return pointer === undefined ? fault : { ...fault, pointer }
  })
}

function originsIn(definition: unknown): Origins | undefined {
  if (typeof definition !== 'object' || definition === null) return undefined
  try {
    return (definition as { readonly [ORIGINS]?: Origins })[ORIGINS]
  } catch {
    return undefined // one that cannot be read, of which the faults tell
  }
}
