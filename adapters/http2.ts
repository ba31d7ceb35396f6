/** What lies under requests and responses of `http2`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2'

/** The stream of HTTP/2 under a request or response, which look like those of HTTP/1; none once it is gone. */
export function streamOf(message: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined {
  return (message as unknown as Http2ServerRequest | Http2ServerResponse).stream
}
