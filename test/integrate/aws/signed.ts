/** Endpoints of AWS for tests: each verifies the signature of what it gets, by code that is not ours. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { type Served, serve } from '../../sockets.js'

export const SIGNER = {
  accessKeyId: 'AKIDEXAMPLE0000000000',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** What an endpoint got, once it has seen that it was signed. */
export interface Verified {
  readonly method: string
  /** Path and query, as they came. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly region: string
  readonly service: string
}

/** How an endpoint answers. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

type Answer = (
  request: Verified,
  res: ServerResponse,
  req: IncomingMessage,
) => Reply | undefined | Promise<Reply | undefined>

export interface Secrets {
  readonly [accessKeyId: string]: { readonly secretAccessKey: string; readonly sessionToken?: string }
}

/** An endpoint that answers what is signed by one of these, and refuses all else as AWS does. */
export async function endpoint(
  answer: Answer,
  secrets: Secrets = { [SIGNER.accessKeyId]: SIGNER },
): Promise<Served & { readonly got: Verified[] }> {
  const got: Verified[] = []
  const served = await serve(
    createServer(async (req, res) => {
      const pieces: Buffer[] = []
      for await (const piece of req) pieces.push(piece)
      const verified = await verify(req, Buffer.concat(pieces), secrets)
      if (typeof verified === 'string') {
        res.writeHead(403, {
          'x-amzn-errortype': 'InvalidSignatureException',
          'content-type': 'application/json',
        })
        return res.end(JSON.stringify({ message: verified }))
      }
      got.push(verified)
      const reply = await answer(verified, res, req)
      if (reply === undefined) return
      res.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
      res.end(reply.body ?? '')
    }),
  )
  return { ...served, got }
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([\da-f]{64})$/
/** So far clocks may be apart, ms. */
const SKEW = 300_000

/** Signs the same anew and compares; in words what is wrong. */
async function verify(req: IncomingMessage, body: Buffer, secrets: Secrets): Promise<Verified | string> {
  const [, accessKeyId = '', date, region = '', service = '', names = '', signature] =
    AUTHORIZATION.exec(req.headers.authorization ?? '') ?? []
  if (signature === undefined) return 'Missing Authentication Token'
  const secret = secrets[accessKeyId]
  if (secret === undefined) return 'The security token included in the request is invalid.'
  const stamp = String(req.headers['x-amz-date'])
  const signedAt = new Date(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  if (!stamp.startsWith(date ?? '') || !(Math.abs(signedAt.getTime() - Date.now()) < SKEW))
    return 'Signature expired'
  const signed = names.split(';')
  const needed = [
    'host',
    'x-amz-date',
    ...(secret.sessionToken === undefined ? [] : ['x-amz-security-token']),
  ]
  if (!needed.every((name) => signed.includes(name))) return 'unsigned headers'
  const url = new URL(req.url ?? '', 'http://localhost')
  const signer = new SignatureV4({
    ...{ region, service, sha256: Sha256, credentials: { accessKeyId, ...secret } },
    uriEscapePath: service !== 's3',
    applyChecksum: false,
  })
  const query: Record<string, string[]> = {}
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value]
  const again = await signer.sign(
    {
      method: req.method ?? '',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: canonical((req.url ?? '').split('?')[0] ?? '', service),
      query,
      headers: Object.fromEntries(signed.map((name) => [name, String(req.headers[name])])),
      body,
    },
    { signingDate: signedAt, signableHeaders: new Set(signed) },
  )
  const expected = /Signature=([\da-f]{64})/.exec(again.headers.authorization ?? '')?.[1]
  if (expected !== signature)
    return `The request signature we calculated does not match: ${again.headers.authorization}`
  return { method: req.method ?? '', target: req.url ?? '', headers: req.headers, body, region, service }
}

/** A slash in the name of an object of S3 is one, however it is spelt. */
function canonical(path: string, service: string): string {
  return service === 's3' ? path.replaceAll('%2F', '/') : path
}
