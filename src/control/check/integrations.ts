/** What integrations share: pools of private targets, and which bodies are bytes. */
import type { VpcLinkDefinition } from '../../integration.js'
import { type Check, finite, formed, list, object, record, text } from './shapes.js'
import { show } from './spot.js'

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
  if (typeof value === 'string' && /^(?:https?:\/\/[^/?#@]+\/?|unix:\/.+)$/i.test(value)) return
  const fix = "Write scheme, host and port, 'http://10.0.0.5:8080', or a socket, 'unix:/run/orders.sock'."
  at.fault('URL_INVALID', `${show(value)} is no target`, fix)
}

export const binaryMediaTypes = list(
  'a list of media types',
  formed(
    'a media type',
    /^(?:\*|[\w!#$&^.+-]+)\/(?:\*|[\w!#$&^.+-]+)$/,
    "one such as 'image/png', 'image/*' or '*/*'",
  ),
)
