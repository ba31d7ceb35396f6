/**
 * Bodies as bytes or as text.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
import type { ResponseMapping } from '../../integration.js'
import { misconfigured } from './faults.js'

export type ContentHandling = ResponseMapping['contentHandling']

/** `Application/JSON; charset=utf-8` is `application/json`; of several, the first. */
export function mediaTypeOf(field: string | undefined): string | undefined {
  const type = field?.split(/[;,]/, 1)[0]?.trim().toLowerCase()
  return type === '' ? undefined : type
}

/** Whether bodies of the type are bytes, by `binaryMediaTypes`. */
export function isBinary(type: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  if (type === undefined) return false
  const [main] = type.split('/')
  return binaryMediaTypes.some((each) => each === type || each === '*/*' || each === `${main}/*`)
}

/** What becomes of the request's body, before a template sees it. @throws Unmapped */
export function requestContent(body: Uint8Array, binary: boolean, handling: ContentHandling): Uint8Array {
  if (handling === 'CONVERT_TO_TEXT' && binary) return encoded(body)
  if (handling === 'CONVERT_TO_BINARY' && !binary) return decoded(body)
  return body
}

/**
 * What becomes of a result's body, before a template sees it.
 *
 * @param binary whether the result is bytes
 * @param wanted whether the caller asks for bytes first
 * @throws Unmapped
 */
export function responseContent(
  body: Uint8Array,
  { binary, wanted }: { readonly binary: boolean; readonly wanted: boolean },
  handling: ContentHandling,
): Uint8Array {
  if (binary) {
    const text = handling === 'CONVERT_TO_TEXT' || (handling === undefined && !wanted)
    return text ? encoded(body) : body
  }
  const bytes = handling === 'CONVERT_TO_BINARY' || (handling === undefined && wanted)
  return bytes ? decoded(body) : body
}

export function textOf(body: Uint8Array): string {
  return body.length === 0 ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
}

function encoded(body: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'))
}

function decoded(body: Uint8Array): Uint8Array {
  const text = textOf(body).replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw misconfigured('a body that is to become bytes is not in base64')
  return Buffer.from(text, 'base64')
}
