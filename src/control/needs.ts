/** What a gateway asks of the server that hands it its requests, and of what some servers tell nothing. */
import type { CompletePolicy } from '../complete.js'
import type { Throttle } from '../definition.js'
import { PosternError } from '../errors.js'
import type { Sources } from './publish.js'

/** What a server tells of a request beside what a WHATWG `Request` holds. */
export type Telling = 'address' | 'secure' | 'target' | 'certificate'

/** A server that tells some of it. */
export interface HostTold {
  /** What is called to fill in the rest: `toFetch(gateway, app, { caller })`. */
  readonly mount: string
  readonly tells: ReadonlySet<Telling>
}

const WORDS: Readonly<Record<Telling, string>> = {
  address: "the caller's address",
  secure: 'whether the caller came over TLS',
  target: 'the path as it was received, over which signatures are made',
  certificate: "the client's certificate",
}

/** @throws PosternError `CALLER_UNKNOWN` where a server does not tell what is needed */
export function checkHosts(sources: Sources, hosts: readonly HostTold[]): void {
  if (hosts.length === 0) return
  const needs = [...needsOf(sources)]
  for (const { mount, tells } of hosts) {
    const missing = needs.find(([telling]) => !tells.has(telling))
    if (missing === undefined) continue
    throw callerUnknown(...missing, mount)
  }
}

export function callerUnknown(telling: Telling, because: string, mount: string): PosternError {
  const instead = telling === 'secure' ? ', or give `httpsOnly: false`' : ''
  return new PosternError(
    'CALLER_UNKNOWN',
    `a Request does not tell ${WORDS[telling]}, which ${because} needs: give \`caller.${telling}\`, ` +
      `${mount}, or one of the ready-made \`callers\`${instead}`,
  )
}

/** What is needed, and for what. */
export function* needsOf(sources: Sources): Iterable<readonly [Telling, string]> {
  if (sources.httpsOnly) yield ['secure', '`httpsOnly` (the default)']
  if (sources.proxied) yield ['address', '`trustProxy`']
  if (byAddress(sources.front.account)) yield ['address', 'the throttle of `account`']
  for (const [name, { throttles }] of sources.plans) {
    if (byAddress(throttles)) yield ['address', `the throttle of plan '${name}'`]
  }
  for (const [name, { deployment, settings }] of sources.stages) {
    if (byAddress(settings.throttles)) yield ['address', `the throttle of stage '${name}'`]
    const methods = [...settings.methods.values()].flatMap(({ throttle }) => throttle ?? [])
    if (byAddress(methods)) yield ['address', `a method's throttle of stage '${name}'`]
    yield* ofDeployment(sources, settings.canary?.deployment)
    yield* ofDeployment(sources, deployment)
  }
  for (const { policy, label, stage } of sources.inline) {
    yield* ofPolicy(sources, policy, label, sources.stages.get(stage)?.deployment)
  }
}

function* ofDeployment(sources: Sources, id: string | undefined): Iterable<readonly [Telling, string]> {
  const complete = sources.deployments.get(id ?? '')?.complete
  if (complete === undefined) return
  if (/"aws:(?:vpc)?sourceip"/i.test(JSON.stringify(complete.resourcePolicy ?? {}))) {
    yield ['address', 'the resource policy']
  }
  for (const { policy, name } of complete.routes) yield* ofPolicy(sources, policy, name, id)
}

function* ofPolicy(
  sources: Sources,
  { throttles, authorize }: CompletePolicy,
  name: string,
  deployment: string | undefined,
): Iterable<readonly [Telling, string]> {
  if (byAddress(throttles)) yield ['address', `the throttle of '${name}'`]
  const asked = authorize?.authorizer
  const named = sources.deployments.get(deployment ?? '')?.complete.authorizers
  const authorizer = typeof asked === 'string' ? named?.get(asked) : asked
  if (authorizer?.kind === 'iam') yield ['target', `IAM on '${name}'`]
  if (authorizer?.kind === 'mtls' && authorizer.header === undefined) {
    yield ['certificate', `mTLS on '${name}'`]
  }
}

function byAddress(throttles: readonly Throttle[]): boolean {
  return throttles.some(({ per }) => per === 'address')
}
