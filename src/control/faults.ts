/** What can be wrong with a definition. The codes are stable; the words around them may improve. */
import type { Fault } from '../errors.js'

export type FaultCode =
  /** A value of another kind than the field takes. */
  | 'WRONG_TYPE'
  /** A field that must be there is not. */
  | 'REQUIRED'
  /** A field that means nothing here, most often a misspelt one. */
  | 'UNKNOWN_FIELD'
  /** Reading a field threw. */
  | 'UNREADABLE'
  /** None of the values that the field takes. */
  | 'VALUE_INVALID'
  | 'NUMBER_INVALID'
  | 'DURATION_INVALID'
  /** A stage's, plan's or variable's name, or an id, with characters that it cannot have. */
  | 'NAME_INVALID'
  /** More than a limit allows: AWS's number, or the one in `limits`. */
  | 'TOO_MANY'
  /** Two spellings of one thing. */
  | 'DUPLICATE'
  | 'PATTERN_INVALID'
  | 'PATTERN_DUPLICATE'
  /** A parameter that the route's path does not have. */
  | 'PARAMETER_UNKNOWN'
  | 'METHOD_INVALID'
  | 'ROUTE_UNKNOWN'
  | 'PLAN_UNKNOWN'
  | 'STAGE_UNKNOWN'
  | 'MODEL_UNKNOWN'
  /** A JSON Schema that is none, or refers to nothing. */
  | 'MODEL_INVALID'
  | 'AUTHORIZER_UNKNOWN'
  /** Callers are to sign, and nobody could: there are no `credentials`. */
  | 'CREDENTIALS_MISSING'
  | 'ISSUER_INVALID'
  | 'JWKS_INVALID'
  | 'TRUST_STORE_INVALID'
  /** Results are to be kept, and nothing says for whom. */
  | 'IDENTITY_SOURCE_MISSING'
  | 'IDENTITY_SOURCE_INVALID'
  /** A regular expression that cannot run in linear time, or is none. */
  | 'EXPRESSION_INVALID'
  /** A route asks for an API key, and nothing could ever admit one. */
  | 'API_KEY_WITHOUT_PLANS'
  /** A throttle per API key where no API key is asked for. */
  | 'PER_WITHOUT_API_KEY'
  | 'HOST_INVALID'
  /** The URL of a target that is none, or whose host a caller could choose. */
  | 'URL_INVALID'
  | 'VARIABLE_UNKNOWN'
  | 'VPC_LINK_UNKNOWN'
  /** A mapping of parameters that maps nothing. */
  | 'MAPPING_INVALID'
  /** An ARN that names nothing of the kind. */
  | 'ARN_INVALID'
  /** A module that is not there. */
  | 'MODULE_UNKNOWN'
  | 'BASE_PATH_INVALID'
  | 'NO_ENDPOINT'
  | 'ORIGIN_INVALID'
  | 'CORS_CREDENTIALS'
  | 'REFUSAL_UNKNOWN'
  | 'REFUSAL_FIXED'
  | 'HEADER_INVALID'
  | 'CONTENT_TYPE_INVALID'
  | 'TEMPLATE_INVALID'
  | 'ADDRESS_INVALID'
  /** A policy document that says what cannot be meant. */
  | 'POLICY_INVALID'
  | 'POLICY_OPERATOR_UNKNOWN'

/** A fault whose code is one of ours. */
export interface CodedFault extends Fault {
  readonly code: FaultCode
}
