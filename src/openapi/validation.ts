/** What requests are held to: all that a document says, or what its request validators ask for. */
import type { Context } from './context.js'
import type { OpenApiOptions } from './options.js'
import type { Asked } from './parameters.js'
import type { Place } from './place.js'
import { show } from './report.js'

export const VALIDATORS = 'x-amazon-apigateway-request-validators'
export const VALIDATOR = 'x-amazon-apigateway-request-validator'
/** Ours: `all`, `document` or `none`, of a document or of one operation. */
export const VALIDATE = 'x-postern-validate'
/** Ours: options of an integration that AWS has no word for. */
export const INTEGRATION_OPTIONS = 'x-postern-integration'
/** Ours: a content type that stands for any other, as AWS calls it: `$default`. */
export const CONTENT_TYPE = 'x-postern-content-type'
/** Ours: fields of a policy that no other word is for. */
export const POLICY = 'x-postern-policy'

type Mode = NonNullable<OpenApiOptions['validate']>

const MODES: readonly string[] = ['all', 'document', 'none']

export interface Validation {
  readonly context: Context
  readonly parameters: Asked
  readonly body: boolean
}

export function validationOf(outer: Context, operation: Place): Validation {
  const own = outer.options.validate === undefined ? stated(operation) : undefined
  const context = own === undefined ? outer : { ...outer, validate: own }
  if (context.validate === 'all') return { context, parameters: 'all', body: true }
  if (context.validate === 'none') return { context, parameters: 'nothing', body: false }
  const validator = validatorOf(context, operation)
  const asks = (what: string) => isTrue(validator?.at(what).value)
  const parameters = asks('validateRequestParameters') ? 'presence' : 'nothing'
  return { context, parameters, body: asks('validateRequestBody') }
}

/** As a document says itself, or as AWS's words in it let one expect. */
export function validateIn(root: Place, { validate }: OpenApiOptions): Mode {
  return validate ?? stated(root) ?? (isAmazons(root) ? 'document' : 'all')
}

function stated(at: Place): Mode | undefined {
  const { text = '' } = at.at(VALIDATE)
  return MODES.includes(text) ? (text as Mode) : undefined
}

/** Whether it is written for AWS. */
function isAmazons(root: Place): boolean {
  if (root.at(VALIDATORS).given || root.at(VALIDATOR).given) return true
  return root
    .at('paths')
    .fields.some(([, item]) =>
      item.fields.some(([, operation]) => operation.at('x-amazon-apigateway-integration').given),
    )
}

function validatorOf({ root, report }: Context, operation: Place): Place | undefined {
  const own = operation.at(VALIDATOR)
  const named = own.given ? own : root.at(VALIDATOR)
  if (!named.given) return undefined
  const validator = root.at(VALIDATORS).at(named.text ?? '')
  if (validator.given) return validator
  const fix = `Define it in \`${VALIDATORS}\`.`
  report.warn(
    named,
    'VALIDATOR_UNKNOWN',
    `there is no request validator ${show(named.value)}: nothing is checked`,
    fix,
  )
  return undefined
}

/** AWS takes it as a text, too. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
