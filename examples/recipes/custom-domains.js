/**
 * Custom domains.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [route('GET /pets')],
  stages: { prod: {}, beta: {} },
  domains: { 'api.acme.com': { v1: 'prod', '': 'beta' }, 'beta.acme.com': 'beta' }, // the longest base path wins
  defaultEndpoint: false, // no other host is served
})
const { forwarded } = await send(gateway, 'GET /v1/pets', { headers: { host: 'api.acme.com' } })
console.log([forwarded?.gateway.stage, forwarded?.target]) // => ['prod', '/pets']
