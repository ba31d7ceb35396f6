/**
 * AWS services.
 *
 * A route can be a service of AWS: an action of one that speaks JSON or takes queries, a path of any other. Requests are
 * signed; what a caller sends reaches neither host nor action nor what is signed.
 */
import { answer, createGateway, route } from 'postern'
import { aws } from 'postern/aws'

const read = aws('dynamodb', 'GetItem', {
  request: ({ params }) => ({ body: { TableName: 'pets', Key: { id: { S: params.petId } } } }),
  responses: ({ body }) => JSON.parse(Buffer.from(body).toString()).Item ?? answer(404),
})
const start = aws('states', 'StartExecution', {
  request: {
    templates: {
      'application/json': `{
        "stateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:orders",
        "input": "$util.escapeJavaScript($input.json('$'))"
      }`,
    },
  },
  responses: [
    { statusCode: 202 },
    { selectionPattern: '4\\d{2}', statusCode: 400, templates: { 'application/json': '{"message": "No order"}' } },
  ],
})

const gateway = createGateway({
  region: 'eu-central-1',
  routes: [
    route('GET /pets/{petId}', {}, read),
    route('POST /orders', {}, start),
    route('GET /photos/{key+}', {}, aws('s3', { path: 'my-photos/{key}' })),
  ],
})
