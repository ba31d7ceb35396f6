/** The answers of functions that stream. */
import type { PosternError } from '../../errors.js'
import { type Exchange, type Outcome, Refusal } from '../../exchange.js'
import type { IntegrationSite } from '../../integration.js'
import { type ByteStream, release } from '../../stream.js'
import { whileWaited } from '../../waiting.js'
import { failedOutcome, failedWith } from './called.js'
import { type FunctionFacts, InvocationContext } from './context.js'
import { readPrelude } from './prelude.js'
import { answerStream, malformed, understood } from './result.js'
import { ResponseStream } from './streaming.js'
import type { LambdaStreamingHandler } from './types.js'

/**
 * Calls a function of this process, and answers when it has said what its answer is.
 *
 * @throws PosternError `HANDLER_TIMEOUT`, `CALLER_GONE`
 */
export function streamAnswer(
  handler: LambdaStreamingHandler<never>,
  event: unknown,
  facts: FunctionFacts,
  exchange: Exchange,
  { timeout, site }: { readonly timeout: number | false; readonly site: Pick<IntegrationSite, 'report'> },
): Promise<Outcome> {
  const stream = new ResponseStream()
  // Whoever reads it is told of what breaks it; before and after that nobody is to be.
  stream.on('error', () => {})
  const until = timeout === false ? undefined : exchange.integratedAt + timeout
  const context = new InvocationContext(facts, exchange.requestId, until, () => {})
  return new Promise((resolve, reject) => {
    let over = false
    const answered = whileWaited(
      exchange,
      timeout,
      'the function did not begin to answer',
      (error: PosternError) => {
        over = true
        reject(error)
        stream.destroy(error)
      },
    )
    const settle = (outcome: () => Outcome) => {
      if (over) return
      over = true
      answered()
      resolve(outcome())
    }
    const failed = (error: unknown) => {
      settle(() => failedOutcome(failedWith(error), exchange, site))
      stream.destroy(error instanceof Error ? error : new Error(String(error)))
    }
    streamed(handler, event, stream, context).then(() => stream.end(), failed)
    streamOutcome(exchange, stream, site.report).then((outcome) => settle(() => outcome), failed)
  })
}

/** What it throws at once is a rejection, too. */
async function streamed(
  handler: LambdaStreamingHandler<never>,
  event: unknown,
  stream: ResponseStream,
  context: InvocationContext,
): Promise<void> {
  await handler(event as never, stream, context)
}

/** @returns a refusal, and lets go of the stream, where it is no answer */
export async function streamOutcome(
  exchange: Exchange,
  stream: ByteStream,
  report: (error: unknown) => void,
): Promise<Outcome> {
  const read = await readPrelude(stream)
  if (typeof read === 'string') return malformed(read)
  const outcome = understood(report, () => answerStream(exchange, read.metadata, read.body))
  if (outcome instanceof Refusal) release(read.body)
  return outcome
}
