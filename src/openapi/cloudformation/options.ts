/** How a template is to be read. */
import type { Choices } from '../choices.js'
import { OPTIONS, type OpenApiOptions } from '../options.js'

/** Of {@link fromCloudFormation}. */
export interface CloudFormationOptions extends OpenApiOptions {
  /** Values of the template's parameters, lists as lists or with commas: `{ StageName: 'prod' }`. */
  readonly parameters?: { readonly [name: string]: string | readonly string[] }
  /** The logical id of the API that is meant, where the template has several. */
  readonly api?: string
  /** What the pseudo parameters stand for. */
  readonly pseudo?: PseudoParameters
  /**
   * What only AWS knows: `{ Users: 'eu-central-1_abc', 'Users.Arn': 'arn:…' }` by logical id and attribute, and
   * `'{{resolve:ssm:/pets/url}}'` by the whole reference.
   */
  readonly values?: { readonly [idOrAttribute: string]: string }
  /** What other stacks export, by the names of `Fn::ImportValue`. */
  readonly imports?: { readonly [name: string]: string }
}

export const TEMPLATE_OPTIONS: Choices<CloudFormationOptions> = {
  ...OPTIONS,
  parameters: undefined,
  api: undefined,
  pseudo: undefined,
  values: undefined,
  imports: undefined,
}

export const PSEUDO: Choices<PseudoParameters> = {
  region: undefined,
  accountId: undefined,
  stackName: undefined,
  partition: undefined,
}

/** What AWS itself would fill in: `AWS::Region`, `AWS::AccountId` and their like. */
export interface PseudoParameters {
  /** Default `'us-east-1'`. */
  readonly region?: string
  /** Default `'000000000000'`. */
  readonly accountId?: string
  /** Default `'stack'`. */
  readonly stackName?: string
  /** Default: that of the region. */
  readonly partition?: string
}
