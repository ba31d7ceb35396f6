/** Integrations with Lambda functions and other services of AWS. */
import type { LambdaOptions } from '../../lambda.js'
import { functionIn, serviceIn } from '../amazon.js'
import { functionFor } from '../functions.js'
import { byName } from '../place.js'
import { show } from '../report.js'
import { aws, lambda } from './kinds.js'
import { COMMON, MAPPING, type Made, type Mapped, mapped, methodOf, type Spec, timeoutOf } from './spec.js'

/** @returns `undefined` where it names nothing that is called here, which is reported then */
export function readAws(spec: Spec): Made | undefined {
  const { context, at, type } = spec
  const subtype = at.at('integrationSubtype')
  if (subtype.given) {
    const fix = 'Answer it by aws(…), in `routes` beside the document.'
    context.report.warn(subtype, 'INTEGRATION_UNSUPPORTED', `${show(subtype.value)} is not called`, fix)
    return undefined
  }
  const uri = at.at('uri').text ?? ''
  const called = functionIn(uri)
  if (called !== undefined) return readLambda(spec, called)
  const service = serviceIn(uri)
  if (service !== undefined && type === 'aws') return readService(spec, service)
  const fix = "Write 'arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations'."
  context.report.fault(at.at('uri'), 'INTEGRATION_INVALID', `${show(uri)} names nothing to call`, fix)
  return undefined
}

function readService(spec: Spec, service: NonNullable<ReturnType<typeof serviceIn>>): Made {
  const { action, path = '', region, subdomain } = service
  const { method } = methodOf(spec)
  const { target, ...mapping }: Addressed = action === undefined ? mapped(spec) : withoutTarget(mapped(spec))
  const options = {
    region,
    ...(subdomain !== undefined && { subdomain }),
    // An action is a POST anyhow.
    ...(method !== undefined && (action === undefined || method !== 'POST') && { method }),
    ...(target !== undefined && { target }),
    ...timeoutOf(spec),
    ...mapping,
  }
  const integration = aws(service.service, action ?? { path }, options)
  return { integration, taken: [...COMMON, ...MAPPING, 'httpMethod'] }
}

type Addressed = Mapped & { readonly target?: string }

/** The header that names an action, which an integration of that action gives by itself. */
function withoutTarget({ request, ...rest }: Mapped): Addressed {
  const { parameters, ...others } = request ?? {}
  const given = Object.entries(parameters ?? {}).find(([name]) => TARGET.test(name))
  const [, target] = /^'(.+)\.\w+'$/.exec(given?.[1] ?? '') ?? []
  if (target === undefined) return { ...(request && { request }), ...rest }
  const kept = Object.entries(parameters ?? {}).filter(([name]) => !TARGET.test(name))
  const left = kept.length === 0 ? others : { ...others, parameters: byName(kept) }
  return { target, ...(Object.keys(left).length > 0 && { request: left }), ...rest }
}

const TARGET = /^integration\.request\.header\.x-amz-target$/i

function readLambda(spec: Spec, called: NonNullable<ReturnType<typeof functionIn>>): Made {
  const { context, at, type } = spec
  const proxy = type === 'aws_proxy'
  const payload = at.at('payloadFormatVersion').text
  const streaming = called.streaming || at.at('responseTransferMode').text?.toUpperCase() === 'STREAM'
  const options = {
    ...(proxy ? payload === '2.0' && { payload } : { proxy }),
    ...(streaming && { streaming }),
    ...(isEvent(spec) && { invocation: 'Event' }),
    ...timeoutOf(spec),
    ...(proxy ? {} : withoutInvocation(mapped(spec))),
  }
  // A function that stands for one of AWS's is told of as that one.
  const target = functionFor(called.arn, context.options)
  const integration = lambda((target ?? called.arn) as string, options as LambdaOptions)
  const taken = ['type', 'httpMethod', 'timeoutInMillis', 'payloadFormatVersion', 'responseTransferMode']
  if (target === undefined) taken.push('uri')
  if (!proxy) taken.push(...MAPPING)
  return { integration, taken }
}

/** The header of a call of Lambda's Invoke API that says whether anybody waits. */
const INVOCATION_TYPE = /^integration\.request\.header\.x-amz-invocation-type$/i

export function isEvent({ at }: Pick<Spec, 'at'>): boolean {
  return at
    .at('requestParameters')
    .fields.some(([name, { text }]) => INVOCATION_TYPE.test(name) && text === "'Event'")
}

function withoutInvocation({ request, ...rest }: Mapped): Mapped {
  if (request?.parameters === undefined) return { ...(request && { request }), ...rest }
  const { parameters, ...others } = request
  const kept = Object.entries(parameters).filter(([name]) => !INVOCATION_TYPE.test(name))
  const left = kept.length === 0 ? others : { ...others, parameters: byName(kept) }
  return { ...(Object.keys(left).length > 0 && { request: left }), ...rest }
}
