/** How a document is to be read. */
import type { VpcLinkDefinition } from '../integration.js'
import type { Choices } from './choices.js'

/** Of {@link fromOpenApi}, and of `openapi` in a definition. */
export interface OpenApiOptions {
  /** Whether what is unsupported or dubious is an error, and not a warning. Default false. */
  readonly strict?: boolean
  /**
   * What answers: `'document'` (default), the integrations that the document names, and the app where it names none;
   * `'app'`, always the app; `'upstream'`, what the document names, and `upstream` where it names none.
   */
  readonly integrations?: 'document' | 'app' | 'upstream'
  /**
   * What requests are held to: `'all'` that the document says of parameters and bodies; `'document'`, as AWS does, what
   * its request validators ask for; `'none'`. Default: `'document'` where it has validators or integrations of AWS's.
   */
  readonly validate?: 'all' | 'document' | 'none'
  /** The path in `basePath` or in the first server: left aside (default), put before each path, or its first segment left aside and the rest put there. */
  readonly basePath?: 'ignore' | 'prepend' | 'split'
  /** The stage that the document is served on. Default `$default`, without a name in the path. */
  readonly stage?: string
  /** The stage's variables: `${stageVariables.url}`. */
  readonly variables?: { readonly [name: string]: string }
  /** What stands for a Lambda function, by its ARN or its name. The others are called on AWS. */
  readonly functions?: { readonly [arnOrName: string]: FunctionTarget }
  /** What stands for a VPC link, by its id: `{ 'abc123': ['http://10.0.0.5:8080'] }`. */
  readonly vpcLinks?: { readonly [id: string]: VpcLinkDefinition | readonly string[] }
  /** Instead of the origins of HTTP integrations: one for all, `'http://localhost:8080'`, or each by its own. */
  readonly upstream?: string | { readonly [origin: string]: string }
}

export const OPTIONS: Choices<OpenApiOptions> = {
  strict: undefined,
  integrations: ['document', 'app', 'upstream'],
  validate: ['all', 'document', 'none'],
  basePath: ['ignore', 'prepend', 'split'],
  stage: undefined,
  variables: undefined,
  functions: undefined,
  vpcLinks: undefined,
  upstream: undefined,
}

/** A function in this process, or a module that exports one. */
export type FunctionTarget =
  | ((event: never, context: never) => unknown)
  | { readonly module: string; readonly handler?: string }

/** What stands beside a document in a definition, as far as it decides how the document is read. */
export interface Beside {
  /** Authorizers, by the names of security schemes. */
  readonly authorizers: ReadonlySet<string>
  /** The variables that stages have. */
  readonly variables: ReadonlySet<string>
  readonly vpcLinks: ReadonlySet<string>
}

export const NOTHING_BESIDE: Beside = { authorizers: new Set(), variables: new Set(), vpcLinks: new Set() }
