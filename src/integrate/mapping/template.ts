/** Mapping templates: Velocity's language with AWS's variables. Compiled once, rendered for each request. */
import { compileProgram } from './compile.js'
import { Context } from './context.js'
import { Input } from './input.js'
import { Run } from './run.js'
import type { Scene } from './scene.js'
import { Utilities } from './util.js'
import { type JavaMap, newMap, setKey } from './values.js'

export interface Template {
  /** Whether the body is spoken of. */
  readonly readsBody: boolean
  /** @throws Unmapped */
  render(scene: Scene): string
}

const OWN = ['input', 'context', 'util', 'stageVariables']

/** @throws MappingFault */
export function compileTemplate(source: string): Template {
  const { emit, slots } = compileProgram(source, OWN)
  return {
    readsBody: /\binput\b(?!\s*\.\s*params\b)/.test(source),
    render: (scene) => {
      const values = new Array<unknown>(slots.length).fill(undefined)
      const run = new Run(values)
      values[0] = new Input(scene, run)
      values[1] = new Context(scene, run)
      values[2] = new Utilities(run)
      values[3] = variablesOf(scene)
      emit(run)
      return run.out
    },
  }
}

function variablesOf({ site }: Scene): JavaMap {
  const variables = newMap()
  for (const [name, value] of Object.entries(site.variables)) setKey(variables, name, value)
  return variables
}
