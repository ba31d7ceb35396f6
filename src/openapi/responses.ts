/** Answers: their models by status, and what else is said of them. */

import { put } from '../bare.js'
import type { PlainData, ResponseDocs } from '../docs.js'
import type { Policy } from '../policy.js'
import { bare } from './bodies.js'
import type { Context } from './context.js'
import { extensionsOf, fieldsAt, headersOf, mediaOf, named } from './described.js'
import { byName, type Place } from './place.js'
import { show } from './report.js'
import { shaped } from './shapes.js'
import { mediaTypes } from './swagger.js'

export interface ReadResponses {
  readonly policy: Policy['responses']
  /** One at least, as documents have it. */
  readonly docs: { readonly [status: string]: ResponseDocs }
}

const STATUS = /^(?:[1-5]\d\d|[1-5]xx|default)$/

export function readResponses(context: Context, operation: Place): ReadResponses {
  const models: Record<string, NonNullable<Policy['responses']>[string]> = byName()
  const docs: Record<string, ResponseDocs> = byName()
  for (const [given, each] of operation.at('responses').fields) {
    if (given.startsWith('x-')) continue
    const status = given.toLowerCase()
    if (!STATUS.test(status)) {
      const fix = "Write a status, a class of them or the rest: '200', '4XX', 'default'."
      context.report.fault(each, 'VALUE_INVALID', `${show(given)} is no status`, fix)
      continue
    }
    const at = context.references.follow(each)
    shaped(context.report, at, 'response')
    const content = contentOf(context, operation, at)
    const held = content.find(([type, media]) => isJson(bare(type)) && media.at('schema').given)
    if (held !== undefined) put(models, status, context.schemas.read(held[1].at('schema')))
    put(docs, status, docsOf(context, at, content, held?.[0]))
  }
  if (Object.keys(docs).length === 0) docs.default = { description: '' }
  return { policy: Object.keys(models).length > 0 ? models : undefined, docs }
}

function contentOf({ version, root, references }: Context, operation: Place, at: Place) {
  if (version !== '2.0') {
    return at.at('content').fields.map(([type, media]) => [type, references.follow(media)] as const)
  }
  const [schema, examples] = [at.at('schema'), at.at('examples')]
  if (!schema.given)
    return examples.fields.map(([type, each]) => [type, swaggerMedia(at, undefined, each)] as const)
  const types = new Set([
    ...mediaTypes(root, operation, 'produces'),
    ...examples.fields.map(([type]) => type),
  ])
  return [...types].map((type) => [type, swaggerMedia(at, schema, examples.at(type))] as const)
}

function swaggerMedia(at: Place, schema: Place | undefined, example: Place): Place {
  const media = { ...(schema && { schema: schema.value }), ...(example.given && { example: example.value }) }
  return at.as(media)
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json')
}

/** @param held the content type whose schema the policy has */
function docsOf(
  context: Context,
  at: Place,
  content: readonly (readonly [type: string, media: Place])[],
  held: string | undefined,
): ResponseDocs {
  const description = at.at('description').text ?? ''
  const headers = headersOf(context, at.at('headers'))
  const links = at.at('links')
  const extensions = extensionsOf(at, () => false)
  const told: [string, PlainData][] = content.map(([type, media]) => [
    type,
    mediaOf(context, media, type !== held),
  ])
  return {
    description,
    ...(headers && { headers }),
    ...(told.length > 0 && { content: byName(told) }),
    ...(fieldsAt(links) && { links: named(context, links) }),
    ...(extensions && { extensions }),
  }
}
