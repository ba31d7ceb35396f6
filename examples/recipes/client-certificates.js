/**
 * Client certificates: mTLS.
 *
 * `authorize: { mtls: { trustStore } }` asks for a certificate of one of these authorities, from the socket
 * (`https.createServer({ requestCert: true, rejectUnauthorized: false, … })`) or, with `header: 'client-cert'`, from a
 * proxy of `trustProxy` that ends TLS, which must overwrite that header. `trustStore` is PEM text. Who has none gets 403;
 * path lengths are held to, authorities with name constraints are a fault, revocation is not checked. `req.gateway.authorizer` has its `subject`, `issuer`, `serialNumber` and
 * `fingerprint256`.
 */
import { rootCertificates } from 'node:tls'
import { createGateway, route } from 'postern'
import { send, testClock } from 'postern/testing'

const [trustStore = '', another = ''] = rootCertificates // PEM, as yours would be
const gateway = createGateway({ routes: [route('GET /pets', { authorize: { mtls: { trustStore } } })], clock: testClock() })
const status = async (certificate) => (await send(gateway, 'GET /pets', { certificate })).status
console.log([await status(trustStore), await status(another)]) // => [200, 403]
