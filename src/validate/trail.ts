/** Where a walk through a schema stands: a list of its keys is made only where something is wrong. */
export interface Trail {
  readonly parent: Trail | undefined
  readonly key: string | number
  readonly depth: number
}

export const TOP: Trail = { parent: undefined, key: '', depth: 0 }

export function below(parent: Trail, key: string | number): Trail {
  return { parent, key, depth: parent.depth + 1 }
}

export function keysOf({ parent, key }: Trail): readonly (string | number)[] {
  return parent === undefined ? [] : [...keysOf(parent), key]
}
