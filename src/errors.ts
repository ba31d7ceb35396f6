/** The errors that Postern throws. What a caller of the API is told is a refusal, see `refusal.ts`. */

import type { Warning } from './openapi/report.js'

/** The stable codes of {@link PosternError}. */
export type ErrorCode =
  | 'DEFINITION_INVALID'
  | 'GATEWAY_REQUIRED'
  | 'SERVER_REQUIRED'
  | 'APP_REQUIRED'
  | 'CALLER_UNKNOWN'
  | 'MOUNTED_TWICE'
  | 'MOUNTED_LATE'
  | 'ANSWERED_BEFORE'
  | 'REWRITE_REQUIRED'
  | 'REGISTER_REQUIRED'
  | 'PREFIX_UNSUPPORTED'
  | 'FRAMEWORK_UNSUPPORTED'
  | 'BODY_CONSUMED'
  | 'BODY_TOO_LARGE'
  | 'BODY_ABORTED'
  | 'CALLER_GONE'
  | 'HANDLER_TIMEOUT'
  | 'STAGE_REQUIRED'
  | 'PATTERN_REQUIRED'
  | 'ROUTE_CONFLICT'
  | 'STAGE_UNKNOWN'
  | 'DEPLOYMENT_UNKNOWN'
  | 'DEPLOYMENT_IN_USE'
  | 'NOTHING_TO_ROLL_BACK'
  | 'NOTHING_TO_PROMOTE'
  | 'KEY_UNKNOWN'
  | 'KEY_INVALID'
  | 'KEY_EXISTS'
  | 'KEYS_ELSEWHERE'
  | 'CSV_INVALID'
  | 'PLAN_UNKNOWN'
  | 'PLAN_EXISTS'
  | 'PLAN_CONFLICT'
  | 'LIMIT_REACHED'
  | 'POSITION_INVALID'
  | 'PAGE_INVALID'
  | 'STORE_UNAVAILABLE'
  | 'STORE_RECOVERED'
  | 'ANSWER_INVALID'
  | 'IMPORTER_REQUIRED'
  | 'DOCUMENT_DUBIOUS'

/** Every error that Postern throws on purpose. Its `code` is stable, its message may improve. */
export class PosternError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PosternError'
    this.code = code
  }
}

/** One thing that is wrong with a definition. */
export interface Fault {
  /** Stable, for programs: `UNKNOWN_FIELD`, `PATTERN_INVALID`, `PLAN_UNKNOWN` … */
  readonly code: string
  /** Where it stands, as JavaScript would reach it: `routes[2].policy.apiKey.plans[0]` */
  readonly path: string
  /** What is wrong. */
  readonly message: string
  /** What would be right. */
  readonly fix: string
  /** Where it stands in the API definition that the gateway's was read from: `#/paths/~1pets/get` */
  readonly pointer?: string
}

/** A definition that cannot be served. All of its faults at once, in {@link DefinitionError.faults}. */
export class DefinitionError extends PosternError {
  declare readonly faults: readonly Fault[]

  /** @param subject what has them */
  constructor(faults: readonly Fault[], subject = "the gateway's definition") {
    const lines = faults.map(
      (fault) => `  ${placeOf(fault)}: ${fault.message} (${fault.code})\n    ${fault.fix}`,
    )
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`
    super('DEFINITION_INVALID', `${subject} has ${count}:\n${lines.join('\n')}`)
    this.name = 'DefinitionError'
    // The message tells them all: what prints an error's fields need not tell them again.
    Object.defineProperty(this, 'faults', { value: faults, enumerable: false })
  }
}

/** What an API definition says, and what does not hold here. All of it at once, in {@link DocumentWarning.warnings}. */
export class DocumentWarning extends PosternError {
  declare readonly warnings: readonly Warning[]

  constructor(warnings: readonly Warning[]) {
    const lines = warnings.map(
      ({ pointer, message, code, fix }) => `  ${pointer}: ${message} (${code})\n    ${fix}`,
    )
    const count = warnings.length === 1 ? 'one thing' : `${warnings.length} things`
    super('DOCUMENT_DUBIOUS', `the API definition says ${count} that will not hold:\n${lines.join('\n')}`)
    this.name = 'DocumentWarning'
    Object.defineProperty(this, 'warnings', { value: warnings, enumerable: false })
  }
}

/** Where a fault stands, for whoever reads it. */
function placeOf({ path, pointer }: Fault): string {
  return pointer === undefined || pointer === path ? path : `${pointer} (${path})`
}
