/**
 * Compression of the gateway's own answers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
 */
import { Buffer } from 'node:buffer'
import type { Gzip } from 'node:zlib'
import { Answer, fieldOf, without } from '../answer.js'
import type { GatewayRequest } from '../port.js'
import { type ByteStream, isStream } from '../stream.js'

/** Those that AWS has, the one that is preferred first. */
const CODINGS = ['gzip', 'deflate'] as const
type Coding = (typeof CODINGS)[number]

/** Bytes that are compressed already; doing it again costs time and gains nothing. */
const DENSE =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/woff|application\/(?:zip|gzip|x-gzip|x-7z-compressed|zstd)\b)/i

/** What describes the bytes as they were. */
const OF_THE_WHOLE = new Set(['content-length', 'accept-ranges', 'etag', 'vary'])

/**
 * The answer, compressed if it is large enough, its caller takes it and nothing speaks against it.
 *
 * @param minimum bytes
 */
export function compressed(answer: Answer, request: GatewayRequest, minimum: number): Answer {
  if (!isCompressible(answer, minimum)) return answer
  const varying = [...without(answer.headers, VARY), 'Vary', variesBy(answer.headers)]
  const coding = codingFor(request.header('accept-encoding'))
  if (coding === undefined) return new Answer(answer.status, varying, answer.body)
  const tag = fieldOf(answer.headers, 'etag')
  const headers = [...without(varying, OF_THE_WHOLE), 'Vary', variesBy(answer.headers)]
  headers.push('Content-Encoding', coding)
  // Other bytes under a strong one would be taken for those that it names (RFC 9110, 8.8.1).
  if (tag !== undefined) headers.push('ETag', tag.startsWith('W/') ? tag : `W/${tag}`)
  return new Answer(answer.status, headers, through(coding, answer.body))
}

const VARY = new Set(['vary'])

function isCompressible({ status, headers, body }: Answer, minimum: number): boolean {
  if (status === 204 || status === 205 || status === 206 || status === 304) return false
  if (fieldOf(headers, 'content-encoding') !== undefined || fieldOf(headers, 'content-range') !== undefined)
    return false
  if (/\bno-transform\b/i.test(fieldOf(headers, 'cache-control') ?? '')) return false
  if (DENSE.test(fieldOf(headers, 'content-type') ?? '')) return false
  if (!isStream(body)) return body.length > 0 && Buffer.byteLength(body) >= minimum
  // One that does not tell its length may be of any.
  const length = fieldOf(headers, 'content-length')
  return length === undefined || Number(length) >= minimum
}

function variesBy(headers: readonly string[]): string {
  const before = fieldOf(headers, 'vary')
  if (before === undefined) return 'Accept-Encoding'
  return before === '*' || /\baccept-encoding\b/i.test(before) ? before : `${before}, Accept-Encoding`
}

/** What the caller takes, by `q` and then by our own order; `undefined` where it takes none of them. */
function codingFor(header: string | undefined): Coding | undefined {
  if (header === undefined) return undefined
  const weights = new Map<string, number>()
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const q = parameters.find((each) => each.startsWith('q='))
    weights.set(name === 'x-gzip' ? 'gzip' : name, q === undefined ? 1 : Number(q.slice(2)) || 0)
  }
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0
  const [best] = [...CODINGS].sort((one, other) => weightOf(other) - weightOf(one))
  if (best === undefined || weightOf(best) === 0) return undefined
  return weightOf(best) >= (weights.get('identity') ?? 0) ? best : undefined
}

function through(coding: Coding, body: Answer['body']): ByteStream {
  const zlib = process.getBuiltinModule('node:zlib')
  const { Readable, pipeline } = process.getBuiltinModule('node:stream')
  const streamed = isStream(body)
  // What comes piece by piece is to arrive so: events would else wait for the next ones.
  const options = streamed ? { flush: zlib.constants.Z_SYNC_FLUSH } : {}
  const coder: Gzip = coding === 'gzip' ? zlib.createGzip(options) : zlib.createDeflate(options)
  if (streamed) pipeline(Readable.from(body, { objectMode: false }), coder, () => {})
  else coder.end(body)
  return streamed && body.trailers !== undefined ? Object.assign(coder, { trailers: body.trailers }) : coder
}
