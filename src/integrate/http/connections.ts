/** The connections to one target. They outlive what is published. */
import { Buffer } from 'node:buffer'
import { isIP, type Socket } from 'node:net'
import { buildConnector, Client, Pool } from 'undici'
import { type Duration, milliseconds } from '../../clock.js'
import { hearing } from './lastwords.js'
import { lookupPrivate } from './lookup.js'

/** How a target is connected to. */
export interface ConnectionOptions {
  readonly tls?: TlsOptions
  /** To each target at a time, at most: what comes beyond them waits until one is free. Default 256. */
  readonly connections?: number
  /**
   * How long an idle connection is kept, where the target does not say. `false`: one connection for each call.
   * Default 4 s, less than any server's own time.
   */
  readonly keepAlive?: Duration | false
  /** Until a connection is made. Default 10 s; the integration's own `timeout` holds besides. */
  readonly connectTimeout?: Duration
  /** Between two pieces of an answer. Default 5 minutes, as for AWS's streamed answers. */
  readonly idleTimeout?: Duration
  /** HTTP/2 where the target speaks it: by ALPN over TLS, and without asking to `http://`. Default false. */
  readonly http2?: boolean
}

/** What of TLS is not as ever: certificates are verified, against the authorities that Node knows. */
export interface TlsOptions {
  /** PEM: the authorities to be believed instead. */
  readonly ca?: string | readonly string[]
  /** PEM: what is shown to targets that ask who calls. */
  readonly cert?: string
  readonly key?: string
  /** The name that the target's certificate is to be for. Default: its host. */
  readonly servername?: string
  /** `false`: whoever answers is believed. */
  readonly rejectUnauthorized?: boolean
}

const CONNECTIONS = 256
const KEEP_ALIVE = 4_000
const CONNECT_TIMEOUT = 10_000
const IDLE_TIMEOUT = 300_000
/** At a time, over one connection of HTTP/2. */
const STREAMS = 100

/** A target's pool of connections. */
export function connect(
  { origin, socketPath, isPrivate }: Place,
  options: ConnectionOptions,
  http2 = options.http2 === true,
): Pool {
  const { connections = CONNECTIONS, keepAlive = KEEP_ALIVE } = options
  const timeout = milliseconds(options.connectTimeout ?? CONNECT_TIMEOUT)
  const connector = hearing(
    buildConnector({
      ...tlsOf(options.tls),
      ...(isPrivate && { lookup: lookupPrivate }),
      ...(socketPath !== undefined && { socketPath }),
      ...(http2 && { useH2c: origin.startsWith('http:') }),
      allowH2: http2,
      timeout,
    } as buildConnector.BuildOptions),
  )
  return new Pool(origin, {
    connections,
    pipelining: keepAlive === false ? 0 : 1,
    keepAliveTimeout: keepAlive === false ? 1 : milliseconds(keepAlive),
    headersTimeout: 0,
    bodyTimeout: milliseconds(options.idleTimeout ?? IDLE_TIMEOUT),
    connect: connector,
    ...(http2 && { factory: multiplexed(connector) }),
  })
}

/** Where a target is. */
export interface Place {
  /** Scheme, host and port. */
  readonly origin: string
  /** Of a target on this machine that is reached by its path in the file system. */
  readonly socketPath?: string | undefined
  /** Whether it must not be at a public address. */
  readonly isPrivate: boolean
}

/** undici has HTTP/2 do one thing at a time unless it is told otherwise, and HTTP/1 must not be told so. */
function multiplexed(connector: buildConnector.connector) {
  return (origin: URL, options: object): Client => {
    const connect: buildConnector.connector = (place, callback) => {
      connector(place, (...result: [Error, null] | [null, Socket]) => {
        const [error, socket] = result
        if (error !== null) return callback(error, null)
        const isHttp2 = (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2'
        Object.assign(client, { pipelining: isHttp2 ? STREAMS : 1 })
        callback(null, socket)
      })
    }
    const client: Client = new Client(origin, { ...options, connect })
    return client
  }
}

function tlsOf({ ca, ...tls }: TlsOptions = {}) {
  return { ...tls, ...(ca !== undefined && { ca: typeof ca === 'string' ? [Buffer.from(ca)] : [...ca] }) }
}

/** The name that a target's certificate is for; none where only its address is known. */
export function servernameOf(origin: string, tls: TlsOptions = {}): string | undefined {
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:') return undefined
  return tls.servername ?? (isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : undefined)
}
