/** What a test says of the request that it sends. */
import type { X509Certificate } from 'node:crypto'
import type { Duration } from '../clock.js'
import type { ByteStream } from '../stream.js'
import { didYouMean } from '../suggest.js'
import type { ForwardedRequest } from './request.js'

/** What a request of `send` has beside method and path, and the app that it goes to. */
export interface SendOptions {
  /** Several values of a name are sent one by one; `undefined` is not sent, in place of a default either. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The value of `x-api-key`. */
  readonly apiKey?: string
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as HTML forms are: urlencoded, a `FormData` as multipart. */
  readonly form?: Form
  /** Sent as it is; a stream of Node, of the web or of a generator in chunks, as far as it is read. */
  readonly body?: string | Uint8Array | ByteStream
  /** Who signs the request, with AWS Signature Version 4. */
  readonly as?: Signer
  /** Where the request comes from. Default `127.0.0.1`. */
  readonly sourceIp?: string
  /** Default true: over TLS. */
  readonly secure?: boolean
  /** The certificate that the caller shows, for mTLS: PEM will do. */
  readonly certificate?: X509Certificate | string
  /** Aborted: the caller leaves, and `send` rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /**
   * The app behind the gateway: what it returns is the answer, as from a route's handler. Default: it answers every
   * request with an empty 200. `fake` makes others.
   */
  readonly app?: (request: ForwardedRequest) => unknown
}

/** A form, as it is filled in: its fields by name, several values of a name as a list. */
export type Form =
  | Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>
  | URLSearchParams
  | FormData

/** A caller who signs: for the gateway's own region, by its clock. */
export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** In the query, as a presigned URL: how long it holds, `true` for 15 minutes. Default: in the header. */
  readonly presigned?: boolean | Duration
  /** When it was signed. Default: now, by the gateway's clock. */
  readonly at?: number | Date | string
}

type NamesOf<T> = { readonly [K in keyof Required<T>]: true }

const OPTIONS: NamesOf<SendOptions> = {
  headers: true,
  apiKey: true,
  json: true,
  form: true,
  body: true,
  as: true,
  sourceIp: true,
  secure: true,
  certificate: true,
  signal: true,
  app: true,
}

const SIGNER: NamesOf<Signer> = {
  accessKeyId: true,
  secretAccessKey: true,
  sessionToken: true,
  presigned: true,
  at: true,
}

/** @throws TypeError for what a compiler would not have let pass */
export function checkOptions(options: SendOptions): void {
  checkNames('send', options, OPTIONS)
  const bodies = (['json', 'form', 'body'] as const).filter((name) => options[name] !== undefined)
  if (bodies.length > 1) throw new TypeError(`a request has one body: give ${bodies.join(' or ')}, not both`)
  const { as, headers = {}, app } = options
  if (app !== undefined && (typeof app !== 'function' || 'handle' in app || 'fetch' in app)) throw foreign()
  if (as === undefined) return
  checkNames('`as`', as, SIGNER)
  if (!isText(as.accessKeyId) || !isText(as.secretAccessKey))
    throw new TypeError('`as` is who signs: { accessKeyId, secretAccessKey, sessionToken? }')
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization'))
    throw new TypeError('`as` signs, and `headers` has an authorization already: give one of them')
}

/** An app of a framework is called with what its server has. */
function foreign(): TypeError {
  const words =
    '`app` is a function that returns its answer, ({ method, path }) => …, and no app of a framework'
  return new TypeError(`${words}: mount the adapter's gate in that and send to its server`)
}

function checkNames(where: string, given: object, known: Readonly<Record<string, true>>): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    const names = Object.keys(known)
    throw new TypeError(
      `${where} has no option \`${name}\`. ${didYouMean(name, names, `There are ${names.join(', ')}.`)}`,
    )
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
