/** What is told and not acted upon: it is plain data, whatever else it says. */
import {
  type ApiDocs,
  type BodyDocs,
  type DocumentationPart,
  type EndpointDefinition,
  type OperationDocs,
  PART_TYPES,
  type ResponseDocs,
} from '../../docs.js'
import { boolean, type Check, isObject, list, object, oneOf, record, text } from './shapes.js'
import { isFields } from './snapshot.js'
import { type Spot, show } from './spot.js'

/** Plain data of whatever shape. */
const data: Check = (at) => {
  if (isData(at.value, 0)) return
  const keys = unfit(at.value, new Set()) ?? []
  const wrong = keys.reduce<Spot>((spot, key) => spot.at(key), at)
  const fix = 'Write texts, numbers, true, false, null, lists and objects of these.'
  wrong.fault('WRONG_TYPE', `${show(wrong.value)} is no plain data`, fix)
}

/** Deeper than any copy: it holds itself. */
const ENDLESS = 200

/** Whether it is all that JSON has. */
function isData(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (depth > ENDLESS) return false
  if (Array.isArray(value)) return value.every((each) => isData(each, depth + 1))
  if (!isFields(value)) return false
  for (const key in value) if (!isData(value[key], depth + 1)) return false
  return true
}

type Keys = readonly (string | number)[]

/** Where the first thing stands that JSON does not have, or that holds itself. */
function unfit(value: unknown, within: Set<unknown>): Keys | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : []
  if (!(isFields(value) || Array.isArray(value)) || within.has(value)) return []
  within.add(value)
  for (const key of Object.keys(value)) {
    const found = unfit(Reflect.get(value, key), within)
    if (found !== undefined) return [Array.isArray(value) ? Number(key) : key, ...found]
  }
  within.delete(value)
  return undefined
}

const fields: Check = (at) => {
  if (isObject(at, 'an object of plain data')) data(at)
}

const each = (what: string) => record(what, fields)
const all = (what: string) => list(what, fields)
const one = text()

const body = object<BodyDocs>('what is said of a body', {
  name: one,
  description: one,
  required: boolean,
  content: each('content by type'),
  extensions: fields,
})

const response = object<ResponseDocs>('what is said of an answer', {
  description: one,
  headers: each('headers by name'),
  content: each('content by type'),
  links: fields,
  extensions: fields,
})

export const operationDocs = object<OperationDocs>('what is said of a route', {
  operationId: one,
  summary: one,
  description: one,
  tags: list('a list of tags', one),
  deprecated: boolean,
  externalDocs: fields,
  servers: all('a list of servers'),
  parameters: each('parameters by place and name'),
  body,
  responses: record('answers by status', response),
  callbacks: fields,
  security: all('a list of requirements'),
  integration: fields,
  extensions: fields,
})

const part = object<DocumentationPart>(
  'a documentation part',
  {
    location: object<DocumentationPart['location']>(
      'a location',
      { type: oneOf(...PART_TYPES), path: one, method: one, statusCode: one, name: one },
      ['type'],
    ),
    properties: data,
  },
  ['location', 'properties'],
)

export const apiDocs = object<ApiDocs>('what is said of an API', {
  info: fields,
  servers: all('a list of servers'),
  tags: all('a list of tags'),
  externalDocs: fields,
  paths: each('what is said of paths'),
  securitySchemes: each('schemes by name'),
  webhooks: fields,
  parts: list('a list of documentation parts', part),
  partsVersion: one,
  extensions: fields,
})

export const endpoint = object<EndpointDefinition>('an endpoint', {
  types: list('a list of types', oneOf('EDGE', 'REGIONAL', 'PRIVATE')),
  vpcEndpointIds: list('a list of ids', one),
  disableExecuteApiEndpoint: boolean,
  ipAddressType: oneOf('ipv4', 'dualstack'),
})

export const resourceTags = record('tags by key', one)
