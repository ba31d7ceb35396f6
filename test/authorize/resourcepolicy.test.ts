import { createGateway, type GatewayDefinition, route } from 'postern'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, test } from 'vitest'

const routes = [route('GET /'), route('GET /pets/{petId}'), route('POST /pets'), route('GET /files/{path+}')]
const API = 'arn:aws:execute-api:us-east-1:123456789012:shop'
const named = { routes, api: 'shop', account: { id: '123456789012' } } satisfies GatewayDefinition

/** From elsewhere nothing, from the office everything but what is secret. */
const gateway = createGateway({
  ...named,
  resourcePolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*',
        Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] } },
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: [`${API}/$default/GET/files/secret`, `${API}/$default/GET/files/secret/*`],
      },
    ],
  },
})
const office: SendOptions = { sourceIp: '203.0.113.7' }
const status = async (target: string, options: SendOptions = office) =>
  (await send(gateway, target, options)).status

describe('an API with a resource policy and no authorizer', () => {
  test('admits whom the policy allows', async () => {
    expect(await status('GET /pets/7')).toBe(200)
    expect(await status('GET /pets/7', { sourceIp: '2001:db8::7' })).toBe(200)
    expect(await status('GET /pets/7', { sourceIp: '::ffff:203.0.113.9' })).toBe(200)
  })

  test("refuses everybody else, in AWS's words", async () => {
    const answer = await send(gateway, 'GET /pets/7', { sourceIp: '198.51.100.1' })
    expect(answer.status).toBe(403)
    expect(answer.text()).toContain(
      `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${API}/$default/GET/pets/7`,
    )
    expect(answer.text()).not.toContain('explicit deny')
    expect(answer.forwarded).toBeUndefined()
  })

  test('says where there was an explicit deny', async () => {
    const answer = await send(gateway, 'GET /files/secret', office)
    expect([answer.status, answer.text()]).toEqual([403, expect.stringContaining('with an explicit deny')])
  })

  test.each([
    'GET /files/secret/',
    'GET /files/%73ecret',
    'GET /files/secret?x=1',
    'HEAD /files/secret',
    'GET /files/secret/plans',
    'GET /files/secret/%2a',
    'GET /files/secret/a:b:c',
  ])('no spelling is a way around a Deny: %s', async (target) => {
    expect(await status(target)).toBe(403)
  })

  test.each(['GET /files/public', 'GET /files/secrets', 'GET /files/Secret', 'GET /files/x/secret'])(
    'what is denied is that, and no more: %s',
    async (target) => {
      expect(await status(target)).toBe(200)
    },
  )
})

test('the time is the gateway’s clock’s', async () => {
  const clock = testClock('2026-01-01T00:00:00Z')
  const night = createGateway({
    ...named,
    clock,
    resourcePolicy: {
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:CurrentTime': '2026-01-01T06:00:00Z' } },
      },
    },
  })
  expect((await send(night, 'GET /pets/7')).status).toBe(200)
  clock.advance('6h')
  expect((await send(night, 'GET /pets/7')).status).toBe(403)
})
