/** What integrations share: pools of private targets, which bodies are bytes, and how calls are made. */
import { isPublic, placeIn, UrlFault } from '../../integrate/http/url.js'
import type { BreakerPolicy, IntegrationOptions, RetryPolicy, VpcLinkDefinition } from '../../integration.js'
import {
  type Check,
  duration,
  eitherOr,
  type FieldChecks,
  finite,
  formed,
  integer,
  list,
  object,
  record,
  text,
} from './shapes.js'
import { show } from './spot.js'

const MINUTE = 60_000

/** What all integrations take: to be spread into the checks of their options. */
export const integrationChecks: FieldChecks<IntegrationOptions> = {
  timeout: duration(50, 15 * MINUTE),
  retries: eitherOr(
    [false],
    object<RetryPolicy>('retries', {
      attempts: integer(0, 10),
      backoff: duration(0, MINUTE),
      budget: finite(0, 1),
      statuses: list('a list of statuses', integer(400, 599)),
    }),
  ),
  breaker: eitherOr(
    [false],
    object<BreakerPolicy>('a breaker', { failures: integer(1), cooldown: duration(1, 60 * MINUTE) }),
  ),
}

const target = object<{ url: string; weight?: number }>('a target', { url: targetUrl, weight: finite(0) }, [
  'url',
])

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html */
export const vpcLinks = record('VPC links by name', (at) => {
  object<VpcLinkDefinition>(
    'a VPC link',
    {
      description: text(),
      targets: (each) => {
        list('a list of targets', (one) => (typeof one.value === 'string' ? targetUrl(one) : target(one)))(
          each,
        )
        if (Array.isArray(each.value) && each.value.length === 0)
          each.fault('VALUE_INVALID', 'a link that leads nowhere', "Name a target: ['http://10.0.0.5:8080'].")
      },
    },
    ['targets'],
  )(at)
})

function targetUrl(at: Parameters<Check>[0]): void {
  const { value } = at
  const fix = "Write scheme, host and port, 'http://10.0.0.5:8080', or a socket, 'unix:/run/orders.sock'."
  if (typeof value !== 'string' || !/^(?:https?:\/\/[^/?#@]+\/?|unix:\/.+)$/i.test(value)) {
    at.fault('URL_INVALID', `${show(value)} is no target`, fix)
  } else if (leadsOut(value)) {
    at.fault('URL_INVALID', `${show(value)} is a public address, and the link a private one`, fix)
  }
}

/** Names are looked up when they are connected to. */
function leadsOut(url: string): boolean {
  try {
    return isPublic(placeIn(url))
  } catch (error) {
    if (error instanceof UrlFault) return false
    throw error
  }
}

export const binaryMediaTypes = list(
  'a list of media types',
  formed(
    'a media type',
    /^(?:\*|[\w!#$&^.+-]+)\/(?:\*|[\w!#$&^.+-]+)$/,
    "one such as 'image/png', 'image/*' or '*/*'",
  ),
)
