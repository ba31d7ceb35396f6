/**
 * Compressed answers.
 *
 * As in AWS: answers of handlers and integrations, from a size on, for callers who take gzip or deflate. What the app itself
 * answers is its own to compress, by `compression` or its like.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [route('GET /pets', {}, () => 'Rex '.repeat(1000))],
  minimumCompressionSize: 1024,
})
const sent = await send(gateway, 'GET /pets', { headers: { 'accept-encoding': 'gzip' } })
console.log([sent.headers['content-encoding'], sent.body.length < 100]) // => ['gzip', true]
