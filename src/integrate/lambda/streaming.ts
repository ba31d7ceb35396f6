/**
 * Functions that stream: what Lambda's runtime gives them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
import { PassThrough, type Writable } from 'node:stream'
import { preludeOf } from './prelude.js'
import type {
  LambdaHandler,
  LambdaProxyEvent,
  LambdaResponseStream,
  LambdaStreamingHandler,
} from './types.js'

/** Lambda's own mark of them. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
/** By its name: the package may be there twice, as ES modules and as CommonJS. */
const PRELUDE = Symbol.for('postern.lambda.prelude')

/** A stream that begins with what its function says of it. */
export class ResponseStream extends PassThrough implements LambdaResponseStream {
  #prelude: Uint8Array | undefined

  /** As in Lambda. An answer's type is one of the headers that its metadata have. */
  setContentType(_: string): void {}

  [PRELUDE](metadata: object): void {
    this.#prelude = preludeOf(metadata)
  }

  override _transform(
    chunk: unknown,
    encoding: BufferEncoding,
    done: (error?: Error | null, data?: unknown) => void,
  ): void {
    this.#begin()
    super._transform(chunk, encoding, done)
  }

  override _flush(done: (error?: Error | null) => void): void {
    this.#begin()
    done()
  }

  #begin(): void {
    const prelude = this.#prelude
    this.#prelude = undefined
    if (prelude !== undefined) this.push(prelude)
  }
}

/** What a streaming function says of its answer before it writes it. */
export interface LambdaStreamMetadata {
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, string | number | boolean>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
}

/**
 * What is `awslambda` in Lambda, for functions that stream: there by itself where a function is loaded by its module.
 *
 * @example
 * const clock = awslambda.streamifyResponse(async (event, stream) => {
 *   const answer = awslambda.HttpResponseStream.from(stream, { statusCode: 200, headers: { 'content-type': 'text/plain' } })
 *   answer.write('tick\n')
 *   answer.end()
 * })
 * route('GET /clock', {}, lambda(clock, { streaming: true }))
 */
export const awslambda = {
  /** Marks a function as one that streams. */
  streamifyResponse<E = LambdaProxyEvent>(handler: LambdaStreamingHandler<E>): LambdaStreamingHandler<E> {
    return Object.assign(handler, { [STREAMING]: 'response' })
  },
  HttpResponseStream: {
    /** @throws TypeError for a stream that no gateway gave */
    from<S extends Writable>(stream: S, metadata: LambdaStreamMetadata): S {
      const begin = (stream as { [PRELUDE]?: unknown })[PRELUDE]
      if (typeof begin !== 'function')
        throw new TypeError('HttpResponseStream.from() takes the stream that the function was given')
      begin.call(stream, metadata)
      return stream
    },
  },
}

/** Modules of streaming functions ask for it while they are loaded, as it is there in Lambda. */
export function provideRuntime(): void {
  const globals = globalThis as { awslambda?: unknown }
  globals.awslambda ??= awslambda
}

export function isStreaming(
  handler: LambdaHandler<never> | LambdaStreamingHandler<never>,
): handler is LambdaStreamingHandler<never> {
  return (handler as { [STREAMING]?: unknown })[STREAMING] !== undefined
}

/** What is wrong where a function streams and is not to, or does not and should. */
export function streamingFault(streaming: boolean): string {
  return streaming
    ? 'the function does not stream: make it by awslambda.streamifyResponse()'
    : 'the function streams: say `streaming: true`'
}
