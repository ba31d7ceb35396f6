/**
 * Lambda functions.
 *
 * A route can be answered by a Lambda function: one of this process, a module by its path, or a real one by its ARN. It is
 * given AWS's event and answers as it does on AWS. What was built with `serverless-http`, `@codegenie/serverless-express` or
 * Hono's adapter runs unchanged.
 */
import { createGateway, route } from 'postern'
import { lambda } from 'postern/lambda'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [
    route('GET /pets/{petId}', {}, lambda(async (event) => ({
      statusCode: 200,
      headers: { 'content-type': 'text/plain' },
      body: `${event.pathParameters?.petId} on ${event.requestContext.stage}`,
    }))),
    route('GET /hello', {}, lambda(async ({ rawPath }) => ({ hello: rawPath }), { payload: '2.0' })),
    route('POST /jobs', {}, lambda(async ({ body }) => console.log(body), { invocation: 'Event' })),
    route('ANY /orders/{proxy+}', {}, lambda(
      'arn:aws:lambda:eu-central-1:123456789012:function:orders:${stageVariables.alias}',
      { timeout: '5s' },
    )),
  ],
  stages: { prod: { variables: { alias: 'live' } } },
})

const pet = await send(gateway, 'GET /prod/pets/7')
console.log(pet.text()) // => '7 on prod'
const hello = await send(gateway, 'GET /prod/hello')
console.log(hello.json()) // => { hello: '/prod/hello' }
const job = await send(gateway, 'POST /prod/jobs', { body: 'later' })
console.log(job.status) // => 202
