/**
 * What policies can ask about a request.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
import type { Runtime } from '../definition.js'
import type { Exchange } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import { type Caller, callerOf } from './caller.js'

type Value = string | readonly string[] | undefined

/** What is known beside the request itself. */
export interface ConditionFacts {
  readonly region: string
  /** The ARN of who signed the request; `undefined`: nobody did. */
  readonly principal?: string | undefined
  /** Of the credential. */
  readonly tags?: { readonly [name: string]: string } | undefined
  /** The definition's own keys. What the gateway itself knows, they cannot change. */
  readonly conditionKeys?: Runtime['conditionKeys']
}

const TAG = 'aws:principaltag/'

/**
 * The condition keys of an exchange, each worked out when it is asked for, by its name in lower case. Throws what
 * `conditionKeys` throws.
 */
export function conditionsOf(exchange: Exchange, facts: ConditionFacts): (key: string) => Value {
  let known: Known | undefined
  return (key) => {
    known ??= new Known(exchange, facts)
    return key.startsWith(TAG) ? known.tag(key) : known.value(key)
  }
}

class Known {
  readonly region: string
  #own: ReadonlyMap<string, Value> | undefined
  #caller: Caller | undefined | null = null
  #tags: ReadonlyMap<string, string> | undefined

  constructor(
    readonly exchange: Exchange,
    readonly facts: ConditionFacts,
  ) {
    this.region = facts.region
  }

  get caller(): Caller | undefined {
    const { principal } = this.facts
    if (this.#caller === null) this.#caller = principal === undefined ? undefined : callerOf(principal)
    return this.#caller
  }

  value(key: string): Value {
    return KEYS.get(key)?.(this) ?? this.own(key) ?? SUBSTITUTES.get(key)?.(this)
  }

  tag(key: string): Value {
    this.#tags ??= new Map(
      Object.entries(this.facts.tags ?? {}).map(([name, tag]) => [name.toLowerCase(), tag]),
    )
    return this.#tags.get(key.slice(TAG.length)) ?? this.own(key)
  }

  /** What the definition's own keys say. */
  own(key: string): Value {
    this.#own ??= folded(this.facts.conditionKeys?.(this.exchange) ?? {})
    return this.#own.get(key)
  }
}

type Reading = (known: Known) => Value

/** What the gateway knows. */
const KEYS: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['aws:sourceip', ({ exchange }) => exchange.sourceIp],
  ['aws:securetransport', ({ exchange }) => String(exchange.secure)],
  ['aws:useragent', ({ exchange }) => exchange.request.header('user-agent')],
  ['aws:referer', ({ exchange }) => exchange.request.header('referer')],
  [
    'aws:currenttime',
    ({ exchange }) => `${new Date(secondsOf(exchange) * 1000).toISOString().slice(0, 19)}Z`,
  ],
  ['aws:epochtime', ({ exchange }) => String(secondsOf(exchange))],
  ['aws:requestedregion', ({ region }) => region],
  ['aws:principalarn', ({ caller }) => caller && principalArn(caller)],
  ['aws:principalaccount', ({ caller }) => caller?.account],
  ['aws:principaltype', ({ caller }) => caller?.type ?? 'Anonymous'],
  ['aws:username', ({ caller }) => (caller?.type === 'User' ? caller.name : undefined)],
  ['aws:principalisawsservice', () => 'false'],
  ['aws:viaawsservice', () => 'false'],
])

/** What stands for keys of which only the definition can know more. */
const SUBSTITUTES: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  // AWS's unique ids are known to AWS only.
  ['aws:userid', ({ caller }) => (caller === undefined ? 'anonymous' : userId(caller))],
  // The address within a VPC, where the definition says that the request came through one's endpoint.
  [
    'aws:vpcsourceip',
    (known) =>
      known.own('aws:sourcevpce') || known.own('aws:sourcevpc') ? known.exchange.sourceIp : undefined,
  ],
])

/** In whole seconds, as AWS counts, so that both times are the same one. */
function secondsOf({ startedAt }: Exchange): number {
  return Math.floor(startedAt / 1000)
}

/** Of a session, its role's. */
function principalArn({ arn, partition, account, type, name, session }: Caller): string {
  const assumed = type === 'AssumedRole' && session !== undefined
  return assumed ? `arn:${partition}:iam::${account}:role/${name}` : arn
}

function userId({ type, account, name, session }: Caller): string {
  if (type === 'Account') return account
  return session === undefined ? name : `${name}:${session}`
}

/** By keys in lower case. @throws TypeError for a promise, which would have none: what denies by one would never apply */
function folded(given: { readonly [key: string]: unknown }): ReadonlyMap<string, Value> {
  if (isPromise(given)) throw new TypeError('`conditionKeys` gave a promise: it has to know them at once')
  return new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), valueOf(value)]))
}

function valueOf(value: unknown): Value {
  if (value === undefined || value === null) return undefined
  return Array.isArray(value) ? value.map(String) : String(value)
}
