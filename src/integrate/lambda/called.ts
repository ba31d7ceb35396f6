/** What came of a call of a function. */
import { type Exchange, Refusal } from '../../exchange.js'
import type { IntegrationSite } from '../../integration.js'

/** It gave a result. */
export class Called {
  constructor(
    readonly result: unknown,
    /** The same as JSON, where it came so. */
    readonly json?: string,
  ) {}
}

/** It failed. */
export class Failed {
  constructor(
    readonly type: string,
    /** What selection patterns are held against. */
    readonly message: string,
    /** As Lambda tells of it: `{ errorMessage, errorType, stackTrace }`. */
    readonly json: string,
    /** What was thrown, where that is at hand. */
    readonly cause?: unknown,
  ) {}
}

/** What was thrown, or called back with, as Lambda would tell of it. */
export function failedWith(thrown: unknown): Failed {
  try {
    return thrown instanceof Error
      ? failedOf(thrown, thrown.name, thrown.message, (thrown.stack ?? '').split('\n').slice(1))
      : failedOf(thrown, typeof thrown, String(thrown), [])
  } catch {
    // Anything can be thrown, and not all of it has a text.
    return failedOf(thrown, typeof thrown, 'something that has no text', [])
  }
}

function failedOf(
  thrown: unknown,
  errorType: string,
  errorMessage: string,
  lines: readonly string[],
): Failed {
  const stackTrace = lines.map((line) => line.trim())
  const json = JSON.stringify({ errorMessage, errorType, stackTrace })
  return new Failed(errorType, errorMessage, json, thrown ?? new Error('the function threw nothing'))
}

/** A function that has failed, and was to answer by itself. The operator is told of the error, the caller is not. */
export function failedOutcome(
  { type, message, cause }: Failed,
  exchange: Exchange,
  { report }: Pick<IntegrationSite, 'report'>,
): Refusal {
  if (cause !== undefined) {
    exchange.error = cause
    report(cause)
  }
  return new Refusal('MALFORMED_INTEGRATION_ANSWER', `the function failed: ${type}: ${message}`)
}
