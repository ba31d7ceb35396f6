/** `$ref`, as models write it. */
import type { Draft } from './engine.js'

/** The models that there are. */
export interface References {
  /** `'value'`: a schema value of a library, not JSON Schema. */
  draftOf(model: string): Draft | 'value' | undefined
  /** In words. */
  names(): string
}

/** What a model is called among schemas. */
export function schemaUri(model: string): string {
  return `https://apigateway.amazonaws.com/restapis/api/models/${encodeURIComponent(model)}`
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html */
const AWS = /^https?:\/\/apigateway(?:\.[\w-]+)?\.amazonaws\.com\/restapis\/[^/]*\/models\/([^/#]+)(#.*)?$/

/** As Swagger and OpenAPI write it. */
const SECTION = /^#\/(?:definitions|\$defs|components\/schemas)\/([^/]+)(\/.*)?$/

const PLAIN = /^([\w.-]+)(#.*)?$/

/**
 * The model that a reference names: by AWS's address with whichever API id, by `#/definitions/Pet` or
 * `#/components/schemas/Pet` where the schema itself has nothing there, or by its mere name.
 *
 * @returns `undefined` where it is not a model's
 */
export function modelRef(
  ref: string,
  references: References,
  root: object,
): { readonly name: string; readonly fragment: string } | undefined {
  const aws = AWS.exec(ref)
  if (aws !== null) return { name: decoded(aws[1] ?? ''), fragment: aws[2] ?? '' }
  const section = SECTION.exec(ref)
  if (section !== null && !hasPointer(root, ref.slice(1))) {
    const name = unescaped(section[1] ?? '')
    const rest = section[2] === undefined ? '' : `#${section[2]}`
    return references.draftOf(name) === undefined ? undefined : { name, fragment: rest }
  }
  const plain = PLAIN.exec(ref)
  const name = plain?.[1] ?? ''
  if (plain === null || references.draftOf(name) === undefined || names(root, name)) return undefined
  return { name, fragment: plain[2] ?? '' }
}

/** Whether a pointer into the schema itself leads somewhere; what is no such pointer is ajv's to resolve. */
export function mayResolve(ref: string, root: object): boolean {
  return !ref.startsWith('#/') || hasPointer(root, ref.slice(1)) || /"\$?id":/.test(text(root))
}

/** Whether the schema has a part with that id. */
function names(root: object, id: string): boolean {
  return new RegExp(`"\\$?(?:id|anchor)":"#?${id.replace(/[.-]/g, '\\$&')}"`).test(text(root))
}

export function hasPointer(root: object, pointer: string): boolean {
  return resolvePointer(root, `#${pointer}`) !== undefined
}

/** What is there in a schema. @param fragment `#/properties/name`; the whole where it is empty */
export function resolvePointer(root: object, fragment: string): unknown {
  let at: unknown = root
  for (const token of fragment.split('/').slice(1)) {
    const key = unescaped(token)
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = Reflect.get(at, key)
  }
  return at
}

/** The model that an address of {@link schemaUri} names. */
export function partsOf(uri: string): { readonly model: string; readonly fragment: string } {
  const [address = '', fragment] = uri.split('#')
  const model = decoded(address.slice(address.lastIndexOf('/') + 1))
  return { model, fragment: fragment === undefined ? '' : `#${fragment}` }
}

function unescaped(token: string): string {
  return decoded(token).replaceAll('~1', '/').replaceAll('~0', '~')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** As JSON; empty for what is none. */
export function text(value: object): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
