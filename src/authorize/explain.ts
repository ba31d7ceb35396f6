/** What a policy says of a request, and why. */
import type { PolicyDocument } from '../definition.js'
import { Asked } from './asked.js'
import { compileStatements, SILENT } from './policy.js'
import type { Element, Statement } from './statement.js'
import { quoted } from './words.js'

/** What is asked, as plain data. */
export interface ExplainRequest {
  /** The caller's ARN. Left out: anonymous. */
  readonly principal?: string
  /** Default `execute-api:Invoke`. */
  readonly action?: string
  /** `arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/pets/7` */
  readonly resource: string
  /** By condition key, in any case: `{ 'aws:SourceIp': '10.1.2.3' }`. */
  readonly conditions?: { readonly [key: string]: string | number | boolean | readonly string[] }
}

/** An element that does not apply, and why. */
export interface Miss {
  readonly element: Element['name']
  /** Of a condition. */
  readonly operator: string | undefined
  readonly key: string | undefined
  /** `10.1.2.3 is in none of 192.168.0.0/16` */
  readonly reason: string
}

/** A statement of the document, and what keeps it from applying, if anything does. */
export interface StatementExplanation {
  readonly index: number
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly applies: boolean
  /** All that keeps it from applying. */
  readonly misses: readonly Miss[]
}

/** Says itself in words where it is printed: `` `${explain(policy, request)}` ``. */
export class Explanation {
  constructor(
    /** `'None'`: no statement applies, which denies unless something else allows it. */
    readonly decision: 'Allow' | 'Deny' | 'None',
    /** The statement that decided, by index. */
    readonly statement: number | undefined,
    readonly sid: string | undefined,
    readonly statements: readonly StatementExplanation[],
    readonly request: ExplainRequest,
  ) {}

  /** Why, in one sentence. */
  get reason(): string {
    const decided = this.statements.find(({ index }) => index === this.statement)
    if (decided === undefined) return 'no statement applies'
    const overruled =
      this.decision === 'Deny' && this.statements.some((each) => each.applies && each.effect === 'Allow')
    return `${nameOf(decided)} applies${overruled ? ', and a Deny wins over every Allow' : ''}`
  }

  /** All of it, line by line. */
  get lines(): readonly string[] {
    const { principal, action = INVOKE, resource } = this.request
    return [
      `${VERDICTS[this.decision]}: ${this.reason}`,
      `  ${principal === undefined ? 'an anonymous caller' : quoted([principal])}, ${action} on ${resource}`,
      ...this.statements.flatMap((each) => [
        `  ${nameOf(each)} ${each.applies ? 'applies' : 'does not apply'}`,
        ...each.misses.map((miss) => `    ${labelOf(miss)}: ${miss.reason}`),
      ]),
    ]
  }

  /** All of it, as one text. */
  toString(): string {
    return this.lines.join('\n')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const INVOKE = 'execute-api:Invoke'
const VERDICTS = { Allow: 'Allowed', Deny: 'Denied explicitly', None: 'Not allowed' } as const

/** @throws TypeError for a document with faults */
export function explain(policy: PolicyDocument, request: ExplainRequest): Explanation {
  const statements = compileStatements(policy)
  const asked = askedOf(request)
  const explained = statements.map((statement, index) => explainStatement(statement, index, asked))
  const applying = (effect: 'Allow' | 'Deny') =>
    explained.find((each) => each.applies && each.effect === effect)
  const decided = applying('Deny') ?? applying('Allow')
  return new Explanation(decided?.effect ?? SILENT.effect, decided?.index, decided?.sid, explained, request)
}

function askedOf({ principal, action = INVOKE, resource, conditions = {} }: ExplainRequest): Asked {
  const entries = Object.entries(conditions)
  const known = new Map(
    entries.map(([key, value]) => [
      key.toLowerCase(),
      typeof value === 'object' ? value.map(String) : String(value),
    ]),
  )
  return new Asked({ principal, action, resource, condition: (key) => known.get(key) })
}

function explainStatement(statement: Statement, index: number, asked: Asked): StatementExplanation {
  const { sid, effect } = statement.decision
  const misses = statement.elements
    .filter((element) => !element.holds(asked))
    .map((element) => {
      const { name, operator, key } = element
      return { element: name, operator, key, reason: element.miss(asked) }
    })
  return { index, sid, effect: effect === 'Deny' ? 'Deny' : 'Allow', applies: misses.length === 0, misses }
}

function nameOf({ index, sid, effect }: StatementExplanation): string {
  return sid === undefined ? `statement ${index} (${effect})` : `statement ${index} '${sid}' (${effect})`
}

function labelOf({ element, operator, key }: Miss): string {
  return operator === undefined ? element : `${element} ${operator} ${key}`
}
