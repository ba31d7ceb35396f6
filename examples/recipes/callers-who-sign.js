/**
 * Callers who sign: SigV4 and IAM policies.
 *
 * Any AWS SDK or signer can call: requests are signed for the service `execute-api` in the definition's `region`, in the
 * header or as a presigned URL. `credentials` is a table, a vault or a database; what it finds may call what its policies,
 * or the API's `resourcePolicy`, allow. (In TypeScript, `npm i -D aws4 @types/aws4` for this example.)
 */
import aws4 from 'aws4'
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const alice = {
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  principal: 'arn:aws:iam::123456789012:user/alice',
  policies: [
    { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'execute-api:/prod/GET/*' } },
  ],
}
const gateway = createGateway({
  routes: [route('GET /pets', { authorize: 'iam' }), route('DELETE /pets', { authorize: { iam: { once: true } } })],
  stages: { prod: {} },
  region: 'eu-central-1',
  account: { id: '123456789012' },
  credentials: async (accessKeyId) => (accessKeyId === 'AKIDALICE' ? alice : undefined),
})
const call = async (method, path = '/prod/pets') => {
  const signed = { method, path, host: 'localhost', service: 'execute-api', region: 'eu-central-1', headers: {} }
  aws4.sign(signed, { accessKeyId: 'AKIDALICE', secretAccessKey: alice.secretAccessKey })
  return send(gateway, `${method} ${path}`, { headers: signed.headers })
}
const { status, forwarded } = await call('GET', '/prod/pets?kind=dog')
console.log([status, forwarded?.gateway.principal]) // => [200, 'arn:aws:iam::123456789012:user/alice']
console.log((await call('DELETE')).status) // => 403
console.log((await send(gateway, 'GET /prod/pets')).json()) // => { message: 'Missing Authentication Token' }
