/** The right side of a mapping of parameters, in AWS's words: `method.request.querystring.user`. */
import { CONTEXT_NAMES } from './context.js'
import { MappingFault } from './faults.js'
import { IDENTITY_NAMES } from './identity.js'
import { compilePath, type JsonPath } from './jsonpath.js'

/** Where a value comes from. */
export type Source =
  | { readonly kind: 'static'; readonly value: string }
  | { readonly kind: 'stageVariable'; readonly name: string }
  | { readonly kind: 'context'; readonly names: readonly string[] }
  | { readonly kind: 'body'; readonly path: JsonPath | undefined }
  | { readonly kind: 'path'; readonly name: string }
  | { readonly kind: 'querystring' | 'header'; readonly name: string; readonly all: boolean }

/** Of a request's mapping, or of an answer's. */
export type Side = 'request' | 'response'

const FIXES: Readonly<Record<Side, string>> = {
  request:
    'Write method.request.path.name, method.request.querystring.name, method.request.header.name, method.request.body.name, stageVariables.name, context.name, or a constant in quotes: "\'eu\'".',
  response:
    'Write integration.response.header.name, integration.response.body.name, stageVariables.name, context.name, or a constant in quotes: "\'eu\'".',
}

/** @throws MappingFault */
export function readSource(text: string, side: Side): Source {
  const [, constant] = /^'(.*)'$/s.exec(text) ?? []
  if (constant !== undefined) return { kind: 'static', value: constant }
  const [, variable] = /^stageVariables\.(\w+)$/.exec(text) ?? []
  if (variable !== undefined) return { kind: 'stageVariable', name: variable }
  const [, context] = /^context\.([\w.:-]+)$/.exec(text) ?? []
  if (context !== undefined) return contextSource(context)
  const source = side === 'request' ? requestSource(text) : responseSource(text)
  if (source === undefined)
    throw new MappingFault(`'${text.slice(0, 80)}' is no source of a value`, FIXES[side])
  return source
}

function contextSource(text: string): Source {
  const names = text.split('.')
  const [first = '', second = ''] = names
  if (!CONTEXT_NAMES.includes(first)) throw unknownContext(first, CONTEXT_NAMES)
  if (first === 'identity' && !IDENTITY_NAMES.includes(second))
    throw unknownContext(
      `${first}.${second}`,
      IDENTITY_NAMES.map((name) => `identity.${name}`),
    )
  return { kind: 'context', names }
}

function unknownContext(name: string, known: readonly string[]): MappingFault {
  return new MappingFault(`context.${name} does not exist`, `There is context.${known.join(', context.')}.`)
}

const PARAMETER = /^(path|querystring|header|multivaluequerystring|multivalueheader)\.([\w.$!#%&'*+^`|~-]+)$/

function requestSource(text: string): Source | undefined {
  const rest = after(text, 'method.request.')
  if (rest === undefined) return undefined
  const [, place = '', name] = PARAMETER.exec(rest) ?? []
  if (name === undefined) return bodySource(rest)
  if (place === 'path') return { kind: 'path', name }
  const all = place.startsWith('multivalue')
  return { kind: place.endsWith('header') ? 'header' : 'querystring', name, all }
}

function responseSource(text: string): Source | undefined {
  const rest = after(text, 'integration.response.')
  if (rest === undefined) return undefined
  const [, place = '', name] = PARAMETER.exec(rest) ?? []
  if (name === undefined) return bodySource(rest)
  if (!place.endsWith('header')) return undefined
  return { kind: 'header', name, all: place.startsWith('multivalue') }
}

function bodySource(rest: string): Source | undefined {
  if (rest === 'body') return { kind: 'body', path: undefined }
  const [, path] = /^body(?:\.|(?=\[))(.+)$/.exec(rest) ?? []
  if (path === undefined) return undefined
  return {
    kind: 'body',
    path: compilePath(path.startsWith('$') ? path : path.startsWith('[') ? `$${path}` : `$.${path}`),
  }
}

function after(text: string, start: string): string | undefined {
  return text.startsWith(start) ? text.slice(start.length) : undefined
}
