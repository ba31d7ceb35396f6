/**
 * Behind a load balancer.
 *
 * HTTPS only is the default, as on AWS; loopback that is called by its name (`localhost`, `*.localhost`, `127.0.0.1`) counts as
 * secure, so development needs no certificate. Name the proxies whose word on address and protocol is to be taken, and paths
 * that pass ungated, such as health checks. Where nothing ends TLS, as between containers or on a LAN, say `httpsOnly: false`.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [route('GET /pets')],
  trustProxy: ['10.0.0.0/8'], // ['loopback'] for nginx on the same machine
  proxyHeader: 'X-Forwarded-For', // what they write: 'Forwarded', from whoever sends it, is not looked at
  pass: ['/health'],
})
const proxied = { 'x-forwarded-for': '198.51.100.9', 'x-forwarded-proto': 'https' }
const { forwarded } = await send(gateway, 'GET /pets', { sourceIp: '10.1.2.3', secure: false, headers: proxied })
console.log(forwarded?.gateway.sourceIp) // => '198.51.100.9'
