/** IAM policy documents: compiled once, evaluated by AWS's rules. */
import type { PolicyDocument } from '../definition.js'
import { Asked } from './asked.js'
import { type DocumentKind, documentFaults } from './document.js'
import { applies, compileStatement, type Statement } from './statement.js'

export { type DocumentKind, documentFaults }

/** What is asked of a policy. */
export interface AccessRequest {
  /**
   * The caller's ARN; `undefined`: anonymous. Only what signed with an account's key has one: a name out of a token or
   * of an authorizer is no ARN, whatever it looks like.
   */
  readonly principal: string | undefined
  /** `execute-api:Invoke` */
  readonly action: string
  /** The ARN of what it is done to. */
  readonly resource: string
  /** What an app could take the resource for, in `loosePath`'s spelling: what is denied of these is denied of it. */
  mistakable?(): readonly string[]
  /** The values of a condition key (lower case); `undefined` where the request has none. */
  condition(key: string): string | readonly string[] | undefined
}

/** What a policy says of a request, and which of its statements says it. */
export interface Decision {
  /** `'None'`: no statement applies, which is a no unless something else allows it. */
  readonly effect: 'Allow' | 'Deny' | 'None'
  /** The statement that decided, by index. */
  readonly statement: number | undefined
  readonly sid: string | undefined
}

export interface CompiledPolicy {
  evaluate(request: AccessRequest): Decision
}

/** No statement applies. */
export const SILENT: Decision = Object.freeze({ effect: 'None', statement: undefined, sid: undefined })

/**
 * @param kind whether its statements must name principals (a resource policy) or must not (an identity's own); left
 * out, either will do
 * @throws TypeError for a document with faults
 */
export function compilePolicy(document: unknown, kind?: DocumentKind): CompiledPolicy {
  return new Policy(compileStatements(document, kind))
}

/** @throws TypeError for a document with faults */
export function compileStatements(document: unknown, kind?: DocumentKind): readonly Statement[] {
  checkDocument(document, kind)
  const variables = document.Version === '2012-10-17'
  return [document.Statement].flat().map((each, index) => compileStatement(each, index, variables))
}

function checkDocument(document: unknown, kind?: DocumentKind): asserts document is PolicyDocument {
  const [fault, ...more] = documentFaults(document, kind)
  if (fault !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    const where = fault.path === '' ? '' : `${fault.path}: `
    throw new TypeError(`a policy document is not valid: ${where}${fault.message}${others}`)
  }
}

class Policy implements CompiledPolicy {
  /** Denials first: one of them wins over all the rest. */
  readonly #statements: readonly Statement[]

  constructor(statements: readonly Statement[]) {
    const those = (effect: Decision['effect']) =>
      statements.filter(({ decision }) => decision.effect === effect)
    this.#statements = [...those('Deny'), ...those('Allow')]
  }

  evaluate(request: AccessRequest): Decision {
    const asked = new Asked(request)
    for (const statement of this.#statements) if (applies(statement, asked)) return statement.decision
    return SILENT
  }
}
