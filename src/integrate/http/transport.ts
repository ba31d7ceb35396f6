/** Sends what integrations ask for: over connections that outlive what is published, in time, and again where that is safe. */
import { type Duration, milliseconds } from '../../clock.js'
import type { Exchange, Refusal } from '../../exchange.js'
import type { Inbound, IntegrationOptions, IntegrationSite, Outbound, Transport } from '../../integration.js'
import { breakerLimits } from './breaker.js'
import { OneTarget } from './choice.js'
import type { ConnectionOptions } from './connections.js'
import { retryLimits } from './retries.js'
import { type Choice, type Rules, type Sendable, Sending, type Sent } from './sending.js'
import { type Target, targetAt } from './target.js'

/** What a transport is told. */
export interface TransportOptions extends IntegrationOptions, ConnectionOptions {}

/**
 * A way to where outbound requests name themselves, by their `origin`. Each origin has its connections, its breaker and
 * its budget of retries, which all integrations of the gateway share that connect to it alike.
 */
export function createTransport(options: TransportOptions, site: IntegrationSite): Transport {
  const rules = rulesOf(options, site)
  const known = new Map<string, Choice>()
  const choiceAt = (origin: string): Choice => {
    const choice = known.get(origin) ?? new OneTarget(targetOf(origin, options, site), rules.breaker)
    known.set(origin, choice)
    return choice
  }
  return (exchange: Exchange, outbound: Outbound) =>
    sent(rules, choiceAt(outbound.origin), exchange, outbound) as Promise<Inbound | Refusal>
}

function targetOf(origin: string, options: ConnectionOptions, { lasting }: IntegrationSite): Target {
  return targetAt({ origin, isPrivate: false }, options, lasting)
}

/** What an integration's options come to, where it is compiled. */
export function rulesOf(options: IntegrationOptions, site: IntegrationSite): Rules {
  return {
    site,
    timeout: timeoutOf(options.timeout, site.timeout),
    retries: retryLimits(options.retries),
    breaker: breakerLimits(options.breaker),
  }
}

function timeoutOf(own: Duration | undefined, routes: number | false): number | false {
  return own === undefined ? routes : milliseconds(own)
}

/** Sends it, by these rules, to one of those that may be chosen. */
export function sent(rules: Rules, choice: Choice, exchange: Exchange, outbound: Sendable): Promise<Sent> {
  return new Promise((resolve, reject) => {
    new Sending({ rules, choice }, exchange, outbound, { resolve, reject }).start()
  })
}
