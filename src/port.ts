/** What adapters hand the core. */
import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { ByteStream } from './stream.js'

/** What the core knows of a request: the port that every adapter fills. */
export interface GatewayRequest {
  readonly method: string
  /** Path and query, raw, as received. */
  readonly target: string
  /** The same as the app behind will see it: under a mount path, only the part below it. */
  readonly localTarget: string
  /** The address at the other end of the socket. */
  readonly peer: string
  /** Whether the socket is encrypted. */
  readonly encrypted: boolean
  /** Whether the app behind matches paths without regard to case, as Express does. */
  readonly foldsCase: boolean
  /** The client's certificate, where the socket has one; whether it is to be believed is not said. */
  readonly certificate?: X509Certificate | undefined
  /** Whether answers are held to their models: where the request is a test's. */
  readonly tested?: boolean
  /** Whether a body follows. No field need say so: neither one of HTTP/2 nor one of a `Request` has to have a length. */
  readonly hasBody: boolean
  /** Bytes of the body that were announced or, of one of unknown length, have been read. Default: its `content-length`. */
  readonly bytesIn?: number
  /** By lower-case name; repeated values joined as HTTP says. */
  header(name: string): string | undefined
  /** Names and values in turn, as received. */
  rawHeaders(): readonly string[]
  /**
   * The raw bytes, read once and remembered; the app still gets all of them.
   *
   * @param limit bytes at most
   * @throws PosternError `BODY_TOO_LARGE`, `BODY_CONSUMED` (something read it before the gateway), `BODY_ABORTED`
   */
  body(limit: number): Promise<Uint8Array>
  /**
   * The body as it comes, for one reader; what has been read by `body` is in it once more. It breaks with
   * `PosternError` `BODY_TOO_LARGE` past the limit, `BODY_ABORTED` where the caller leaves.
   *
   * @param limit bytes at most
   * @returns `undefined` where there is none
   */
  stream(limit: number): ByteStream | undefined
  /**
   * Tells when the caller goes away before it has its answer.
   *
   * @returns to be called once nobody wants to know any more
   */
  whenGone(gone: () => void): () => void
  /** Sends an answer before the answer, `103 Early Hints` for one; left out where the server cannot. */
  inform?(status: number, headers: readonly string[]): void
  /** The connection of a request that asks for another protocol. */
  readonly upgrade?: Upgrade | undefined
}

/** A connection whose caller asks for another protocol. */
export interface Upgrade {
  /** What came behind the request's head. */
  readonly head: Uint8Array
  /**
   * Answers `101` and joins both sides until either ends.
   *
   * @param headers names and values in turn, `Upgrade` and `Connection` among them
   * @param head what the other side has sent already
   */
  accept(headers: readonly string[], other: Duplex, head: Uint8Array): void
}
