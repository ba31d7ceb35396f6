/** Types of Lambda functions: those of `@types/aws-lambda` fit, and nothing of it is needed. Held by the compiler. */
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  Callback,
  Context,
  Handler,
  StreamifyHandler,
} from 'aws-lambda'
import { aws } from 'postern/aws'
import { awslambda, type LambdaContext, type LambdaHandler, lambda } from 'postern/lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'

describe('lambda()', () => {
  it('takes handlers that are typed for AWS', () => {
    const rest: APIGatewayProxyHandler = async ({ path }) => ({ statusCode: 200, body: path })
    const http: APIGatewayProxyHandlerV2 = async ({ rawPath }) => ({ statusCode: 200, body: rawPath })
    const callback = (event: APIGatewayProxyEvent, _: Context, done: Callback) => done(null, event.path)
    const iam = async (event: APIGatewayProxyEventV2WithIAMAuthorizer) =>
      event.requestContext.authorizer.iam.userId
    const own: Handler<{ id: number }, string> = async ({ id }) => String(id)
    const streams: StreamifyHandler = async (_, stream) => void stream.end()
    const all = [
      lambda(rest),
      lambda(http, { payload: '2.0' }),
      lambda(callback),
      lambda(iam, { payload: '2.0' }),
      lambda(own, { proxy: false }),
      lambda(streams, { streaming: true }),
    ]
    expect(all.map(({ kind }) => kind.type)).toEqual(Array.from({ length: 6 }, () => 'lambda'))
  })

  it('tells handlers that are written in place what they are given', () => {
    lambda(async (event, context, callback) => {
      expectTypeOf(event.multiValueHeaders).toEqualTypeOf<Record<string, string[] | undefined>>()
      expectTypeOf(context.getRemainingTimeInMillis()).toEqualTypeOf<number>()
      expectTypeOf(callback).parameter(0).toEqualTypeOf<Error | string | null | undefined>()
      return { statusCode: 200 }
    })
    lambda(async (event) => void expectTypeOf(event.rawQueryString).toEqualTypeOf<string>(), {
      payload: '2.0',
    })
    lambda(async ({ id }: { id: number }) => id, { proxy: false })
    awslambda.streamifyResponse(async (event, stream) => {
      expectTypeOf(event.path).toEqualTypeOf<string>()
      expectTypeOf(stream.setContentType).parameter(0).toEqualTypeOf<string>()
    })
  })

  it('gives what AWS’s types say', () => {
    expectTypeOf<LambdaContext>().toExtend<Context>()
    type Event = Parameters<LambdaHandler>[0]
    expectTypeOf<keyof APIGatewayProxyEvent>().toEqualTypeOf<keyof Event>()
    type Given = keyof APIGatewayProxyEventV2['requestContext']
    type Own = keyof import('postern/lambda').LambdaProxyEventV2['requestContext']
    expectTypeOf<Given>().toExtend<Own>()
  })

  it('takes nothing else', () => {
    // @ts-expect-error no function, path, module or ARN
    lambda(7)
    // @ts-expect-error a format that there is not
    lambda(async () => ({}), { payload: '3.0' })
    // @ts-expect-error a misspelt option
    lambda('./pets.js', { stream: true })
    // @ts-expect-error neither an action nor a path
    aws('s3', { key: 'a' })
    // @ts-expect-error a misspelt option
    aws('dynamodb', 'GetItem', { regions: 'eu-central-1' })
  })
})
