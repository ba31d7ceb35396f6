/**
 * Lambda functions.
 *
 * `lambda('./app.js#handler')` loads a module, from the working directory, when the gateway is made. By an ARN the function
 * is called over Lambda's own API, signed with `credentials`, with those of the environment, or with those that
 * `@aws-sdk/credential-providers` finds where it is installed (profiles, web identities, containers, instances).
 *
 * - `payload: '1.0'` (default) is the event of REST APIs, `'2.0'` that of HTTP APIs: its `headers` are lower case, and whatever
 *   has no `statusCode` is the JSON of a 200.
 * - In 1.0 a body of one of the API's `binaryMediaTypes` comes in base64, and an answer with `isBase64Encoded` is decoded
 *   where the first type of `Accept` is one of them; elsewhere its base64 is sent as it stands, as on AWS.
 *   One for all types decodes all. In 2.0 all answers are decoded.
 * - What is no result is a 502, and so is a function that throws: callers are told `Internal server error`, `onError` and the
 *   record the rest. One that takes too long is a 504.
 * - `proxy: false` gives the function what `request` maps, and maps its result by `responses`, whose patterns are held against
 *   its `errorMessage`.
 *
 * Functions that stream are made by `awslambda.streamifyResponse`; those of a module find `awslambda` as in Lambda.
 */
import { createGateway, route } from 'postern'
import { awslambda, lambda } from 'postern/lambda'
import { send } from 'postern/testing'

const clock = awslambda.streamifyResponse(async (_event, stream) => {
  const answer = awslambda.HttpResponseStream.from(stream, { headers: { 'content-type': 'text/event-stream' } })
  for (const second of [1, 2, 3]) answer.write(`data: ${second}\n\n`)
  answer.end()
})
const gateway = createGateway({ routes: [route('GET /clock', {}, lambda(clock, { streaming: true }))] })

const ticks = await send(gateway, 'GET /clock')
console.log(ticks.text()) // => 'data: 1\n\ndata: 2\n\ndata: 3\n\n'
