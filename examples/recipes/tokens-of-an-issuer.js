/**
 * Tokens of an issuer: JWT.
 */
import { createGateway, route } from 'postern'

const gateway = createGateway({
  routes: [
    route('GET /pets', { authorize: 'staff' }),
    route('POST /pets', { authorize: { authorizer: 'staff', scopes: ['pets:write'] } }), // else 403
  ],
  authorizers: { staff: { jwt: { issuer: 'https://login.acme.com', audience: 'pets' } } },
})
