/** Definitions within a schema, `$defs`, to which its references lead: a document has a place for them, beside its models. */
import type { JsonSchema } from '../../schema.js'
import { isFields, unescaped } from '../place.js'

/** One of them, on its way to that place. */
export interface Local {
  /** Its name there. */
  readonly name: string
  readonly schema: JsonSchema
  /** Whose it is: its own references lead into that one, too. */
  readonly root: JsonSchema
  /** What that one is called, where it is a model. */
  readonly rootName: string | undefined
}

const SECTION = /^#\/(\$defs|definitions)\/([^/]+)(\/.*)?$/

export class Locals {
  /** In the order in which they were first referred to; it grows while they are written. */
  readonly all: Local[] = []
  readonly #names = new Map<string, string>()
  readonly #isTaken: (name: string) => boolean

  /** @param isTaken whether a model has the name */
  constructor(isTaken: (name: string) => boolean) {
    this.#isTaken = isTaken
  }

  /** @returns where a reference leads in the document; `undefined` where the schema has nothing of its own there */
  referred(
    ref: string,
    root: JsonSchema,
    rootName: string | undefined,
  ): { readonly name: string; readonly rest: string } | undefined {
    const [, section = '', token = '', rest = ''] = SECTION.exec(ref) ?? []
    const definitions = root[section]
    const key = unescaped(token)
    if (!isFields(definitions) || !Object.hasOwn(definitions, key)) return undefined
    const schema = definitions[key]
    return isFields(schema) ? { name: this.#nameOf(key, { schema, root, rootName }), rest } : undefined
  }

  #nameOf(key: string, local: Omit<Local, 'name'>): string {
    // Libraries make their schemas anew each time they are asked.
    const identity = JSON.stringify([key, local.root])
    const known = this.#names.get(identity)
    if (known !== undefined) return known
    const name = this.#free(key.replace(/[^\w.-]+/g, '_') || 'Model')
    this.#names.set(identity, name)
    this.all.push({ ...local, name })
    return name
  }

  #free(wanted: string): string {
    let name = wanted
    for (let count = 2; this.#isTaken(name) || this.all.some((each) => each.name === name); count++)
      name = `${wanted}${count}`
    return name
  }
}

/** Without its definitions, once they stand elsewhere. */
export function withoutDefinitions({ $defs: _, definitions: __, ...schema }: JsonSchema): JsonSchema {
  return schema
}
