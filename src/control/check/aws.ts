/** Integrations of AWS services: how they are spoken to, and what does not go together. */
import { namesIn } from '../../integrate/aws/path.js'
import { SERVICE_NAMES, serviceOf } from '../../integrate/aws/services.js'
import type { AwsIntegration, AwsPath } from '../../integrate/aws/types.js'
import type { IntegrationPlace } from '../../integration.js'
import { METHODS } from '../../methods.js'
import { didYouMean } from '../../suggest.js'
import { mappingChecks } from './mapping.js'
import {
  credentials,
  endpoint,
  integrationChecks,
  region,
  stageVariables,
  strayVariables,
} from './sending.js'
import { formed, object, oneOf, text } from './shapes.js'
import { enumerate, type Spot, show } from './spot.js'

const SERVICE = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*$/
const LABELS = /^[\w-]+(?:\.[\w-]+)*$/

const shape = object<AwsIntegration>(
  'the options of aws()',
  {
    ...integrationChecks,
    ...mappingChecks,
    service: formed('the name of a service', SERVICE, "one such as 'dynamodb'"),
    action: () => {},
    region,
    endpoint,
    method: text('a method', (at, value) => {
      if (METHODS.has(value) && value !== 'CONNECT') return
      at.fault('METHOD_INVALID', `${show(value)} is no method`, "Write it in upper case: 'GET'.")
    }),
    subdomain: text('a subdomain', (at, value) => {
      if (LABELS.test(value.replace(/\$\{stageVariables\.\w+\}/g, 'x'))) return
      at.fault('VALUE_INVALID', `${show(value)} is no subdomain`, "Write one such as 'my-bucket'.")
    }),
    credentials,
    target: formed('a target', /^[\w.]+$/, "one such as 'DynamoDB_20120810'", 'VALUE_INVALID'),
    jsonVersion: oneOf('1.0', '1.1'),
    apiVersion: formed('a version', /^\d{4}-\d{2}-\d{2}$/, "one such as '2010-03-31'", 'VALUE_INVALID'),
    signingName: formed('a name', /^[a-z0-9-]+$/, "one such as 'execute-api'"),
  },
  ['service', 'action'],
)

const pathShape = object<AwsPath>('a service by its path', { path: text('a path') }, ['path'])

export function awsCheck(at: Spot, place: IntegrationPlace): void {
  shape(at)
  action(at, place)
  for (const each of [at.at('subdomain'), at.at('action').at('path')]) {
    strayVariables(each)
    stageVariables(each, place)
  }
  ownHeaders(at.at('request').at('parameters'), typeof at.at('action').value === 'object')
}

function action(at: Spot, place: IntegrationPlace): void {
  const given = at.at('action')
  const { value } = given
  if (!given.given) return
  if (typeof value === 'string') return named(at, given, value)
  if (typeof value !== 'object') return given.fault('WRONG_TYPE', `${show(value)} is no action`, FORMS)
  pathShape(given)
  if (typeof given.at('path').value === 'string') holes(at, given.at('path'), place)
  for (const name of ['target', 'jsonVersion', 'apiVersion'] as const)
    unused(at.at(name), 'a service that is called by its path')
}

const FORMS = "Write an action, 'GetItem', or a path, { path: 'my-bucket/{key}' }."

/** An action, of a service of which is known how it is spoken to. */
function named(at: Spot, given: Spot, value: string): void {
  if (!/^[A-Za-z]\w*$/.test(value)) return given.fault('NAME_INVALID', `${show(value)} is no action`, FORMS)
  const service = at.at('service').value
  if (typeof service !== 'string' || !SERVICE.test(service)) return
  const told = (name: string) => at.at(name).value as string | undefined
  const known = serviceOf(service, false, { target: told('target'), apiVersion: told('apiVersion') })
  if (known === undefined) {
    const way =
      "Say how it is spoken to: `target` ('DynamoDB_20120810'), `apiVersion` ('2010-03-31'), or { path: '…' }."
    const fix = didYouMean(service, SERVICE_NAMES, way)
    return at.at('service').fault('VALUE_INVALID', `nothing is known of the service ${show(service)}`, fix)
  }
  if (known.protocol.kind === 'rest') {
    const fix = "Write its path, as its own API has it: { path: 'my-bucket/{key}' }."
    return given.fault('VALUE_INVALID', `${show(service)} is called by paths, and not by actions`, fix)
  }
  if (known.protocol.kind === 'json') unused(at.at('method'), 'an action of JSON, which is a POST')
  if (at.at('target').given) unused(at.at('apiVersion'), 'an action of JSON')
}

function unused(at: Spot, of: string): void {
  if (at.given) at.fault('VALUE_INVALID', `means nothing to ${of}`, 'Leave it out.')
}

/** Parameters of the integration's path that neither the route's path nor the mapping has. */
function holes(at: Spot, path: Spot, { params }: IntegrationPlace): void {
  const request = at.at('request')
  if (typeof request.value === 'function' || params === undefined) return
  const mapped = request
    .at('parameters')
    .fields.flatMap(([target]) => /^integration\.request\.path\.(.+)$/.exec(target)?.[1] ?? [])
  const known = [...params, ...mapped]
  for (const name of namesIn(String(path.value))) {
    if (known.includes(name)) continue
    const there = known.length === 0 ? 'It has none.' : `There is ${enumerate(known, 'and')}.`
    const message = `neither the route's path nor the mapping has a parameter ${show(name)}`
    path.fault('PARAMETER_UNKNOWN', message, didYouMean(name, known, there))
  }
}

/** What signatures are made of. */
const SIGNED =
  /^integration\.request\.(?:multivalue)?header\.(host|authorization|x-amz-date|x-amz-security-token|x-amz-content-sha256)$/i
const TARGET = /^integration\.request\.(?:multivalue)?header\.x-amz-target$/i
/** What no caller can choose. */
const CONSTANT = /^(?:'.*'|stageVariables\.\w+)$/s

function ownHeaders(at: Spot, byPath: boolean): void {
  for (const [target, each] of at.fields) {
    const [, name] = SIGNED.exec(target) ?? []
    if (name !== undefined) each.fault('MAPPING_INVALID', `'${name}' is the signature's own`, 'Leave it out.')
    if (!TARGET.test(target)) continue
    if (!byPath) each.fault('MAPPING_INVALID', 'the action says it already', 'Leave it out.')
    else if (!CONSTANT.test(String(each.value))) {
      const fix = 'Write a constant, "\'AWSEvents.PutEvents\'", or a stage variable.'
      each.fault('MAPPING_INVALID', "the action would be the caller's to choose", fix)
    }
  }
}
