/** Parameters, as OpenAPI 3 writes them. */

import type { PlainData } from '../../docs.js'
import type { DeclaredParameters, Parameter, Policy } from '../../policy.js'
import { escaped, isFields } from '../place.js'
import type { Placed } from './operations.js'
import { given, type Json, type Writer } from './writer.js'

const PLACES = ['path', 'query', 'header', 'cookie'] as const
type In = (typeof PLACES)[number]

const TEXT = { type: 'string' }

export function writtenParameters(writer: Writer, { route, names, pointer }: Placed): Json[] | undefined {
  const { parameters = {}, docs }: Policy = route.policy ?? {}
  const at = `${pointer}/parameters`
  const all = PLACES.flatMap((place) => {
    const asked: DeclaredParameters = place === 'cookie' ? {} : (parameters[place] ?? {})
    const declared = declaredIn(place, asked, docs?.parameters, names)
    return declared.map((name) => {
      const said = docs?.parameters?.[`${place}.${name}`] ?? {}
      return writtenParameter(writer, { place, name, asked: asked[name], said }, `${at}/${escaped(name)}`)
    })
  })
  const kept = all.filter((each) => each !== undefined)
  return kept.length === 0 ? undefined : kept
}

function declaredIn(
  place: In,
  asked: DeclaredParameters,
  docs: { readonly [parameter: string]: PlainData } | undefined,
  names: readonly string[],
): readonly string[] {
  const said = Object.keys(docs ?? {})
    .filter((key) => key.startsWith(`${place}.`))
    .map((key) => key.slice(place.length + 1))
  return [...new Set([...(place === 'path' ? names : []), ...Object.keys(asked), ...said])]
}

interface Declared {
  readonly place: In
  readonly name: string
  readonly asked: Parameter | undefined
  readonly said: PlainData
}

function writtenParameter(writer: Writer, declared: Declared, pointer: string): Json | undefined {
  const { place, name, asked, said } = declared
  const options = typeof asked === 'object' ? asked : { required: asked }
  const { required: saidRequired, schema: saidSchema, ...rest } = said
  const required = place === 'path' || (options.required ?? saidRequired === true)
  const schema = options.schema ?? (isFields(saidSchema) ? saidSchema : undefined) ?? TEXT
  return given({
    name,
    in: place,
    required: required || undefined,
    ...rest,
    schema: rest.content === undefined ? writer.schemas.written(schema, `${pointer}/schema`) : undefined,
  })
}

/** Whether requests are held to a schema of a parameter. */
export function asksSchemas({ parameters = {} }: Policy): boolean {
  return ([parameters.path, parameters.query, parameters.header] as const).some((declared) =>
    Object.values<Parameter>(declared ?? {}).some(
      (each) => typeof each === 'object' && each.schema !== undefined,
    ),
  )
}
