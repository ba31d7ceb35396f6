/** Signs what is sent to AWS. Loaded with the first request that is. */
// Node finds no names in this CommonJS module: it is taken whole.
import aws4, { type Request } from 'aws4'
import { dateAt } from '../../clock.js'
import type { AwsCredentials } from '../../integration.js'

/** What is signed. */
export interface Signable {
  /** The name that it is signed for: `lambda`, `dynamodb`. */
  readonly service: string
  readonly region: string
  /** Scheme, host and port. */
  readonly origin: string
  readonly method: string
  /** Path and query, encoded. */
  readonly path: string
  /** By lower-case name: none of those that signing adds. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Made from the body by whoever sends it, or from where it is sent to. */
const NOT_SENT: ReadonlySet<string> = new Set(['host', 'content-length'])

/** @param now ms since the epoch @returns path, and names and values in turn, as they were signed */
export function signed(
  request: Signable,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: number,
) {
  const { service, region, origin, method, path, headers, body } = request
  const options = {
    ...{ service, region, method, path, host: new URL(origin).host },
    headers: {
      ...headers,
      'X-Amz-Date': dateAt(now)
        .toISOString()
        .replace(/[:-]|\.\d{3}/g, ''),
    },
    body: body.length === 0 ? undefined : body,
    extraHeadersToIgnore: { 'content-length': true },
  }
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
  const done = aws4.sign(options as unknown as Request, credentials)
  const fields = Object.entries(done.headers ?? {}).filter(([name]) => !NOT_SENT.has(name.toLowerCase()))
  return { path: done.path ?? path, headers: fields.flatMap(([name, value]) => [name, String(value)]) }
}
