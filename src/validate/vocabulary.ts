/** The keywords of JSON Schema: where schemas stand in them, and what they mean in which draft. */
import type { Draft } from './engine.js'
import type { Fields } from './prepare.js'

/** Keywords that `prepare` writes in place of others. */
export const OWN = { distinct: 'x-distinct', among: 'x-among', model: 'x-model', steps: 'x-steps' } as const

/** Where schemas stand in a schema, in any draft. */
export const ONE = new Set(
  'additionalItems additionalProperties not if then else contains propertyNames'.split(' '),
)
for (const name of ['unevaluatedItems', 'unevaluatedProperties', 'items']) ONE.add(name)
export const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'])
export const MAPS = new Set([
  'properties',
  'patternProperties',
  'definitions',
  '$defs',
  'dependentSchemas',
  'dependencies',
])

/** Written without a `$schema`, they would silently mean nothing. */
export const LATER = new Set(
  'const contains propertyNames if then else $defs prefixItems dependentRequired dependentSchemas unevaluatedItems unevaluatedProperties minContains maxContains'.split(
    ' ',
  ),
)

/** What ajv would stumble upon: it means nothing in this draft, or nothing that a gateway does. */
export function isDropped(keyword: string, schema: Fields, draft: Draft): boolean {
  if (keyword === '$schema' || keyword === '$async' || keyword.startsWith('x-')) return true
  if (keyword === (draft === 'draft-04' ? '$id' : 'id')) return true
  return keyword === 'nullable' && schema.type === undefined
}
