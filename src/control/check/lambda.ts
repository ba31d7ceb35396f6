/** Lambda integrations: where their function is, and what does not go together. */
import { isThere, placeOf } from '../../integrate/lambda/modules.js'
import { isStreaming, streamingFault } from '../../integrate/lambda/streaming.js'
import type { LambdaHandler, LambdaIntegration, LambdaModule } from '../../integrate/lambda/types.js'
import type { IntegrationPlace } from '../../integration.js'
import { mappingChecks } from './mapping.js'
import {
  credentials,
  endpoint,
  integrationChecks,
  region,
  stageVariables,
  strayVariables,
} from './sending.js'
import { boolean, object, oneOf, text } from './shapes.js'
import { type Spot, show } from './spot.js'

const V = '\\$\\{stageVariables\\.\\w+\\}'
/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const ARN = new RegExp(
  `^arn:aws[a-z-]*:lambda:(?:[a-z]{2,}(?:-[a-z]+)+-\\d+|${V}):(?:\\d{12}|${V}):function:(?:[\\w-]|${V})+(?::(?:\\$LATEST|(?:[\\w-]|${V})+))?$`,
)
const INVOCATION = /^arn:aws[a-z-]*:apigateway:.*\/functions\/(arn:[^/]+)\//

const shape = object<LambdaIntegration>(
  'the options of lambda()',
  {
    ...integrationChecks,
    ...mappingChecks,
    target: () => {},
    payload: oneOf('1.0', '2.0'),
    proxy: boolean,
    invocation: oneOf('RequestResponse', 'Event'),
    streaming: boolean,
    credentials,
    region,
    endpoint,
  },
  ['target'],
)

const moduleShape = object<LambdaModule>(
  'a module',
  { module: text('a path'), handler: text('the name of an export') },
  ['module'],
)

export function lambdaCheck(at: Spot, place: IntegrationPlace): void {
  shape(at)
  target(at.at('target'), place, at.at('streaming').value === true)
  mappingOf(at)
  togetherness(at)
  if (!isRemote(at.at('target').value)) localOptions(at)
}

function isRemote(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('arn:')
}

function target(at: Spot, place: IntegrationPlace, streaming: boolean): void {
  const { value } = at
  if (!at.given) return
  if (typeof value === 'function') return streams(at, value as LambdaHandler<never>, streaming)
  if (isRemote(value)) return arn(at, String(value), place)
  if (typeof value === 'string') return modulePath(at, value)
  if (typeof value !== 'object') return at.fault('WRONG_TYPE', `${show(value)} is no function`, FORMS)
  moduleShape(at)
  const { value: module } = at.at('module')
  if (typeof module === 'string') modulePath(at.at('module'), { module })
}

const FORMS =
  "Give a function (event, context), a module by its path, './pets.js#handler', or an ARN, 'arn:aws:lambda:…'."

function streams(at: Spot, handler: LambdaHandler<never>, streaming: boolean): void {
  if (isStreaming(handler) === streaming) return
  const fix = streaming
    ? "Wrap it: awslambda.streamifyResponse(async (event, stream) => …), `awslambda` of 'postern/lambda'."
    : 'Write `streaming: true`.'
  at.fault('VALUE_INVALID', streamingFault(streaming), fix)
}

function arn(at: Spot, value: string, place: IntegrationPlace): void {
  const [, inner] = INVOCATION.exec(value) ?? []
  if (!ARN.test(value)) {
    const fix = inner ?? 'arn:aws:lambda:eu-central-1:123456789012:function:pets:live'
    return at.fault('ARN_INVALID', `${show(value)} is no ARN of a Lambda function`, `Write '${fix}'.`)
  }
  strayVariables(at)
  stageVariables(at, place)
}

function modulePath(at: Spot, value: string | LambdaModule): void {
  const found = placeOf(value)
  const words = show(typeof value === 'string' ? value : value.module)
  if (found === undefined) {
    at.fault('VALUE_INVALID', `${words} is neither a path nor an ARN`, FORMS)
  } else if (!isThere(found)) {
    const fix =
      'Paths are looked up from the working directory; write `import.meta.resolve("./pets.js")` for one beside your file.'
    at.fault('MODULE_UNKNOWN', `there is no module ${words}`, fix)
  }
}

/** A proxy is given the request as it is, and its result is the answer. */
function mappingOf(at: Spot): void {
  const isProxy = at.at('proxy').value !== false
  for (const name of ['request', 'responses'] as const) {
    const each = at.at(name)
    if (isProxy && each.given)
      each.fault('VALUE_INVALID', 'a Lambda proxy, of which nothing is mapped', 'Write `proxy: false`, too.')
  }
  const payload = at.at('payload')
  if (!isProxy && payload.given)
    payload.fault(
      'VALUE_INVALID',
      'the format of an event that `request` maps',
      'Leave it out, or `proxy: false`.',
    )
}

function togetherness(at: Spot): void {
  const streaming = at.at('streaming')
  if (streaming.value !== true) return
  if (at.at('invocation').value === 'Event')
    streaming.fault(
      'VALUE_INVALID',
      'an answer that nobody waits for',
      "Leave it out, or `invocation: 'Event'`.",
    )
  if (at.at('proxy').value === false)
    streaming.fault(
      'VALUE_INVALID',
      'an answer that is mapped as a whole',
      'Leave it out, or `proxy: false`.',
    )
}

/** What a function of this process has no use for. */
function localOptions(at: Spot): void {
  for (const name of ['credentials', 'region', 'endpoint', 'retries', 'breaker'] as const) {
    const each = at.at(name)
    if (!each.given || each.value === false) continue
    each.fault('VALUE_INVALID', `\`${name}\` is for functions by their ARN`, 'Leave it out.')
  }
}
