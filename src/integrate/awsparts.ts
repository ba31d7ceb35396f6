/** What sends something to AWS, loaded with the first integration that does. */
import type { AwsParts } from './aws/client.js'

export const AWS_PARTS: AwsParts = {
  transport: () => import('./http/transport.js'),
  signer: () => import('./aws/signer.js'),
}
