/** A request's body, as an event has it. */
import { Buffer, isUtf8 } from 'node:buffer'
import type { Facts } from './facts.js'
import { mediaType } from './media.js'

export interface EventBody {
  readonly text: string
  readonly isBase64: boolean
}

/**
 * Format 1.0: text, or base64 for the API's binary media types. What is no UTF-8 is base64, too: as text it would be
 * broken.
 */
export function bodyV1({ isBinary }: Facts, contentType: string | undefined, bytes: Uint8Array): EventBody {
  return encoded(bytes, isBinary(mediaType(contentType)) || !isUtf8(bytes))
}

/** What HTTP APIs take for text. All else is base64, forms among it. */
const TEXTS = /^(?:text\/.+|application\/(?:json|xml|javascript))$/

/** Format 2.0. */
export function bodyV2({ isBinary }: Facts, contentType: string | undefined, bytes: Uint8Array): EventBody {
  const type = mediaType(contentType)
  return encoded(bytes, isBinary(type) || !TEXTS.test(type ?? '') || !isUtf8(bytes))
}

function encoded(bytes: Uint8Array, isBase64: boolean): EventBody {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { text: buffer.toString(isBase64 ? 'base64' : 'utf8'), isBase64 }
}
