/** What is written of a definition, and what is not. */
import { describe, expect, it } from 'vitest'
import { aws } from '../../src/aws.js'
import { http } from '../../src/http.js'
import { createGateway, type GatewayDefinition, route } from '../../src/index.js'
import { lambda } from '../../src/lambda.js'
import { type ExportOptions, fromOpenApi, toOpenApi } from '../../src/openapi.js'

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:pets'

const written = (definition: unknown, options: ExportOptions = {}) =>
  toOpenApi(definition as GatewayDefinition, options)
const again = (definition: unknown, options: ExportOptions = {}) =>
  fromOpenApi(written(definition, options).text).definition
const optionsOf = (definition: ReturnType<typeof again>) => definition.routes[0]?.integration?.options

describe('an integration that is written', () => {
  it('takes no secrets along', () => {
    const credentials = { accessKeyId: 'AKIDGATE', secretAccessKey: 'the secret', sessionToken: 'the token' }
    const tls = { ca: '-----BEGIN CA', cert: '-----BEGIN CERT', key: '-----BEGIN PRIVATE KEY' }
    const { text, warnings } = written({
      routes: [
        route('GET /queue', {}, aws('sqs', 'SendMessage', { credentials })),
        route('GET /pets', {}, lambda(ARN, { credentials })),
        route('GET /inner', {}, http('https://pets.internal/', { tls })),
      ],
    })
    for (const secret of ['AKIDGATE', 'the secret', 'the token', 'PRIVATE KEY', 'BEGIN CERT'])
      expect(text).not.toContain(secret)
    expect(text).toContain('BEGIN CA')
    expect(warnings.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
      '#/paths/~1queue/get `credentials` of its integration is a secret, and is left out',
      '#/paths/~1pets/get `credentials` of its integration is a secret, and is left out',
      '#/paths/~1inner/get `tls.key` of its integration is a secret, and is left out',
    ])
  })

  it('calls the service in the region of the definition', () => {
    const definition = (service: string, action: string) => ({
      region: 'eu-central-1',
      routes: [route('GET /', {}, aws(service, action))],
    })
    expect(optionsOf(again(definition('sqs', 'SendMessage')))).toMatchObject({ region: 'eu-central-1' })
    expect(optionsOf(again(definition('iam', 'ListUsers')))).toMatchObject({ region: 'us-east-1' })
    const gateway = createGateway(definition('sqs', 'SendMessage') as GatewayDefinition)
    expect(toOpenApi(gateway).text).toContain('arn:aws:apigateway:eu-central-1:sqs:action/SendMessage')
  })
})
