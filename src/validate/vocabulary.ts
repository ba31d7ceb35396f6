/** The keywords of JSON Schema: where schemas stand in them, and what they mean in which draft. */
import { suggest } from '../suggest.js'
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

/** All of them, of any draft, of OpenAPI and of what writes schemas: what is none of these may still be a note of somebody's. */
const KNOWN = new Set(
  (
    '$schema $id id $ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $vocabulary $comment $defs definitions $async ' +
    'type enum const title description default examples example format readOnly writeOnly deprecated nullable ' +
    'multipleOf divisibleBy maximum exclusiveMaximum minimum exclusiveMinimum formatMinimum formatMaximum ' +
    'formatExclusiveMinimum formatExclusiveMaximum maxLength minLength pattern contentEncoding contentMediaType contentSchema ' +
    'items prefixItems additionalItems unevaluatedItems maxItems minItems uniqueItems contains minContains maxContains ' +
    'properties patternProperties additionalProperties unevaluatedProperties propertyNames required optional maxProperties ' +
    'minProperties dependencies dependentRequired dependentSchemas if then else allOf anyOf oneOf not extends disallow ' +
    'discriminator xml externalDocs enumNames errorMessage propertyOrder options order links media'
  ).split(' '),
)

/** Shorter names are near too many others. */
const SHORTEST = 3

/** The keyword that was meant by one that no draft has, and which would silently mean nothing. */
export function meant(keyword: string): string | undefined {
  return KNOWN.has(keyword) || keyword.length < SHORTEST ? undefined : suggest(keyword, KNOWN)
}
