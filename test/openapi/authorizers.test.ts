/** Lambda authorizers of documents, by what they are told. */
import { expect, it } from 'vitest'
import { toNode } from '../../adapters/node.js'
import { createGateway, type GatewayDefinition } from '../../src/index.js'
import { fromOpenApi } from '../../src/openapi.js'
import { serve, tell, wire } from '../sockets.js'

const URI =
  'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:judge/invocations'

/** What an authorizer of an HTTP API is told of a request, whose name in the header is `Cookie`, as browsers have it. */
async function told(identitySource?: string) {
  const events: Record<string, unknown>[] = []
  const judge = (event: Record<string, unknown>) => {
    events.push(event)
    return { isAuthorized: true }
  }
  const authorizer = {
    type: 'request',
    authorizerPayloadFormatVersion: '2.0',
    authorizerUri: URI,
    identitySource,
  }
  const document = {
    openapi: '3.0.1',
    info: { title: 'Pets', version: '1' },
    paths: { '/pets': { get: { security: [{ judge: [] }], responses: { 200: { description: 'ok' } } } } },
    components: {
      securitySchemes: {
        judge: {
          ...{ type: 'apiKey', name: 'Authorization', in: 'header' },
          'x-amazon-apigateway-authorizer': authorizer,
        },
      },
    },
  }
  const { definition } = fromOpenApi(document, {
    functions: { judge: judge as never },
    stage: 'prod',
    variables: { tenant: 'acme' },
  })
  const gateway = createGateway({ ...definition, httpsOnly: false } as GatewayDefinition)
  const { port } = await serve(toNode(gateway, (_, res) => res.end()))
  await tell(port, wire('GET /prod/pets?id=7', ['Authorization: Bearer x', 'Cookie: a=1; b=2']))
  return events[0]
}

it('an authorizer of an HTTP API is told by what its caller is known', async () => {
  const sources =
    '$request.header.Authorization, $request.querystring.id, $stageVariables.tenant, $context.identity.sourceIp'
  expect(await told(sources)).toMatchObject({ identitySource: ['Bearer x', '7', 'acme', '127.0.0.1'] })
  expect(await told()).toMatchObject({ identitySource: null })
})

it('an authorizer of an HTTP API is told the cookies of its caller', async () => {
  expect(await told()).toMatchObject({ cookies: ['a=1', 'b=2'], headers: { authorization: 'Bearer x' } })
})
