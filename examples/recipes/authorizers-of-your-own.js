/**
 * Authorizers of your own.
 *
 * A plain function, or what you have as a Lambda authorizer already: TOKEN and REQUEST with Lambda's events and results.
 * Their policy is kept for `ttl` seconds, and evaluated anew for each route, so that an Allow for one route
 * does not open another.
 */
import { createGateway, refuse, route } from 'postern'
import { send } from 'postern/testing'

let calls = 0
const gateway = createGateway({
  routes: [
    route('GET /me', { authorize: ({ request }) => request.header('x-user') ?? refuse('UNAUTHORIZED') }),
    route('GET /pets', { authorize: 'tickets' }),
    route('DELETE /pets', { authorize: 'tickets' }),
  ],
  authorizers: {
    tickets: {
      token: async ({ authorizationToken, methodArn }) => {
        calls++
        if (authorizationToken !== 'Bearer ticket-7') throw new Error('Unauthorized')
        const Resource = methodArn.replace(/[^/]+\/pets$/, 'GET/*')
        const policyDocument = {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }],
        }
        return { principalId: 'rex', policyDocument, context: { level: 3 } }
      },
      ttl: 300,
    },
  },
})
const headers = { authorization: 'Bearer ticket-7' }
const { forwarded } = await send(gateway, 'GET /pets', { headers })
console.log([forwarded?.gateway.principal, forwarded?.gateway.authorizer]) // => ['rex', { level: '3' }]
console.log([(await send(gateway, 'DELETE /pets', { headers })).status, calls]) // => [403, 1]
console.log((await send(gateway, 'GET /pets')).status) // => 401
console.log((await send(gateway, 'GET /me', { headers: { 'x-user': 'ada' } })).forwarded?.gateway.principal) // => 'ada'
