import { complete } from '../../src/control/complete.js'
import type { GatewayDefinition } from '../../src/definition.js'
import { DefinitionError } from '../../src/errors.js'

/** The faults of a definition, one line each: `CODE path: message | fix`. */
export function faultsOf(definition: unknown): readonly string[] {
  return faultsIn(() => complete(definition as GatewayDefinition))
}

export function faultsIn(act: () => unknown): readonly string[] {
  try {
    act()
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.faults.map(({ code, path, message, fix }) => `${code} ${path}: ${message} | ${fix}`)
  }
}
