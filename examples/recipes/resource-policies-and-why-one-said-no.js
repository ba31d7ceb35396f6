/**
 * Resource policies, and why one said no.
 *
 * An IAM policy document for the whole API, combined with callers' own policies and with authorizers as AWS does it. Every
 * condition operator of IAM is there; one that is misspelt is a definition error, never silently true.
 */
import { createGateway, explain, route, } from 'postern'
import { send } from 'postern/testing'

const resourcePolicy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
    {
      Sid: 'OfficeOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
      Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
    },
  ],
}
const gateway = createGateway({ routes: [route('GET /pets')], resourcePolicy })
const status = async (sourceIp) => (await send(gateway, 'GET /pets', { sourceIp })).status
console.log([await status('192.0.2.7'), await status('198.51.100.1')]) // => [200, 403]

const resource = 'arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/pets'
const why = explain(resourcePolicy, { resource, conditions: { 'aws:SourceIp': '198.51.100.1' } })
console.log([why.decision, why.sid]) // => ['Deny', 'OfficeOnly']
console.log(`${why}`) // every statement, and what kept it from applying
