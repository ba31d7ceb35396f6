/** What is told of a document: what is wrong with it, and what of it does not hold here. */
import { DefinitionError, type Fault } from '../errors.js'
import type { Place } from './place.js'

/** What is unsupported, dubious or without effect in an API definition. */
export interface Warning {
  /** Stable, for programs: `SECURITY_NOT_ENFORCED`, `PARAMETER_UNSUPPORTED` … */
  readonly code: WarningCode
  /** Where it stands: a JSON pointer, `#/paths/~1pets/get/security`, after a file's name where that is another one. */
  readonly pointer: string
  readonly message: string
  /** What can be done about it. */
  readonly fix: string
}

/** The stable codes of what is told of a document. */
export type WarningCode =
  /** No JSON, no YAML, no file. */
  | 'DOCUMENT_UNREADABLE'
  | 'DOCUMENT_TOO_LARGE'
  | 'DOCUMENT_TOO_DEEP'
  | 'VERSION_UNKNOWN'
  | 'WRONG_TYPE'
  | 'REQUIRED'
  | 'UNKNOWN_FIELD'
  | 'VALUE_INVALID'
  | 'DUPLICATE'
  /** A `$ref` to nothing. */
  | 'REFERENCE_BROKEN'
  /** A `$ref` to another machine: nothing is fetched. */
  | 'REFERENCE_REMOTE'
  /** A `$ref` to a file that is not in the document's folder. */
  | 'REFERENCE_OUTSIDE'
  | 'REFERENCE_CYCLE'
  | 'PATH_INVALID'
  | 'PARAMETER_UNKNOWN'
  | 'PARAMETER_UNSUPPORTED'
  | 'SCHEMA_UNSUPPORTED'
  | 'MODEL_RENAMED'
  | 'CONTENT_UNSUPPORTED'
  | 'VALIDATOR_UNKNOWN'
  /** A requirement that names no scheme. */
  | 'SECURITY_UNKNOWN'
  /** A scheme that the gateway does not check: whoever answers has to. */
  | 'SECURITY_NOT_ENFORCED'
  | 'SECURITY_UNSUPPORTED'
  | 'AUTHORIZER_UNSUPPORTED'
  /** A Lambda function that is to be called, and is not given. */
  | 'FUNCTION_MISSING'
  | 'INTEGRATION_INVALID'
  | 'INTEGRATION_UNSUPPORTED'
  | 'MAPPING_UNSUPPORTED'
  | 'VPC_LINK_UNKNOWN'
  | 'STAGE_VARIABLE_UNKNOWN'
  | 'REFUSAL_UNSUPPORTED'
  | 'POLICY_UNSUPPORTED'
  | 'EXTENSION_UNKNOWN'
  | 'EXTENSION_UNSUPPORTED'
  /** Kept, and told again, but nothing acts upon it. */
  | 'NO_EFFECT'
  /** Of templates: a function, a parameter or a resource whose value is not known. */
  | 'UNRESOLVED'
  | 'RESOURCE_UNSUPPORTED'
  /** Of documents that are written: what they cannot say. */
  | 'EXPORT_UNSUPPORTED'
  | 'TOO_MANY'

/** More would tell nobody anything. */
const MOST = 1_000

interface Told {
  readonly warnings: Warning[]
  readonly faults: Warning[]
  readonly known: Set<string>
}

export class Report {
  readonly #told: Told

  constructor(
    /** What the document is called. */
    readonly subject: string,
    readonly strict: boolean,
    /** Of a file beside the document: how it is referred to. */
    readonly file = '',
    told: Told = { warnings: [], faults: [], known: new Set() },
  ) {
    this.#told = told
  }

  /** The same, for what is told of a file beside the document. */
  of(file: string): Report {
    return new Report(this.subject, this.strict, file, this.#told)
  }

  /** Something that does not hold here; an error where the user is strict. */
  warn(at: Place | string, code: WarningCode, message: string, fix: string): void {
    this.#tell(this.strict ? this.#told.faults : this.#told.warnings, at, { code, message, fix })
  }

  /** Something that is wrong, whoever reads it. */
  fault(at: Place | string, code: WarningCode, message: string, fix: string): void {
    this.#tell(this.#told.faults, at, { code, message, fix })
  }

  get warnings(): readonly Warning[] {
    return this.#told.warnings
  }

  get broken(): boolean {
    return this.#told.faults.length > 0
  }

  /** @throws DefinitionError with all that is wrong */
  settle(): void {
    if (this.broken) throw new DefinitionError(this.#told.faults.map(faultOf), this.subject)
  }

  #tell(list: Warning[], at: Place | string, { code, message, fix }: Omit<Warning, 'pointer'>): void {
    if (list.length > MOST) return
    const pointer = cut(typeof at === 'string' ? this.file + at : at.pointer)
    // Parameters of a path are those of each of its methods, and would be told of as often.
    const known = `${code} ${pointer} ${message}`
    if (this.#told.known.has(known)) return
    this.#told.known.add(known)
    if (list.length < MOST) list.push({ code, pointer, message: cut(message), fix: cut(fix) })
    else list.push({ code: 'TOO_MANY', pointer: '#', message: 'and more of it', fix: 'Begin with these.' })
  }
}

function faultOf({ code, pointer, message, fix }: Warning): Fault {
  return { code, path: pointer, message, fix, pointer }
}

/** So much is read of a message, and no more. What parsers say quotes what they have read. */
const LONGEST = 1_000

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** A value in words, short enough for a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return value === undefined ? 'nothing' : String(value)
}
