/** From where something stands in a definition to where it stands in the document. */
import type { Origins } from '../origins.js'
import { type Place, pointerOf } from './place.js'

/** @param places of routes, in their order @param models by name */
export function originsOf(
  document: string,
  places: readonly Place[],
  models: ReadonlyMap<string, Place>,
): Origins {
  const at = (path: string): string | undefined => {
    const [, index, rest = ''] = /^routes\[(\d+)\](.*)$/s.exec(path) ?? []
    if (index !== undefined)
      return pointerIn(places[Number(index)], rest.startsWith('.integration') ? INTEGRATION : [])
    const [name, ...keys] = /^models\b(.*)$/s.test(path) ? keysOf(path.slice('models'.length)) : []
    return name === undefined ? undefined : pointerIn(models.get(name), keys)
  }
  return { document, at }
}

const INTEGRATION = ['x-amazon-apigateway-integration']

function pointerIn(at: Place | undefined, keys: readonly string[]): string | undefined {
  return at && pointerOf(at.file, [...at.keys, ...keys])
}

/** The keys of a path as JavaScript would write it: `.Pet.properties['a b'][0]`. */
function keysOf(path: string): readonly string[] {
  return [...path.matchAll(/\.([\w$]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/gs)].map(
    ([, plain, index, quoted]) => plain ?? index ?? (quoted ?? '').replace(/\\(.)/gs, '$1'),
  )
}
