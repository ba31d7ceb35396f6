/** The pet store's definition under a clock, in Jest: no server, no app, no sleeping. */

import { expect, test } from '@jest/globals'
import { answer, createGateway } from 'postern'
import { fake, records, send, testClock } from 'postern/testing'
import { petStore } from '../../petstore/gateway.js'

async function petShop() {
  const clock = testClock('2026-01-01T00:00:00Z')
  const kept = records()
  const gateway = createGateway({ ...petStore, clock, onRecord: kept })
  const { value: apiKey } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const app = fake({
    'GET /pets/{petId}': ({ params }) => ({ id: params.petId, name: 'Rex' }),
    'POST /pets': async ({ json }) => answer(201, await json()),
  })
  return { clock, kept, gateway, apiKey, app }
}

test('a free key buys five pets at once, then one each second', async () => {
  const { clock, gateway, apiKey, app } = await petShop()
  const buy = async () =>
    (await send(gateway, 'POST /prod/pets', { apiKey, json: { name: 'Kit' }, app })).status
  const statuses = []
  for (let index = 0; index < 6; index++) statuses.push(await buy())
  expect(statuses).toEqual([201, 201, 201, 201, 201, 429])
  clock.advance('1s')
  expect([await buy(), await buy()]).toEqual([201, 429])
  expect(app.calls).toHaveLength(6)
})

test('whoever has no key is refused, and the record says why', async () => {
  const { gateway, kept, app } = await petShop()
  expect(await send(gateway, 'POST /prod/pets', { json: { name: 'Kit' }, app })).toMatchInlineSnapshot(`
    {
      "body": {
        "message": "Forbidden",
      },
      "headers": {
        "content-length": "23",
        "content-type": "application/json",
        "x-amzn-errortype": "ForbiddenException",
      },
      "status": 403,
    }
  `)
  expect(kept.last).toMatchObject({ refusal: 'INVALID_API_KEY', route: 'POST /pets', end: 'refused' })
  expect(app.calls).toEqual([])
})

test('a pet is kept for ten seconds', async () => {
  const { clock, gateway, app } = await petShop()
  const look = async () => (await send(gateway, 'GET /prod/pets/7', { app })).headers['cache-status']
  expect(await look()).toBe('postern; fwd=uri-miss; stored')
  clock.advance('9s')
  expect(await look()).toBe('postern; hit; ttl=1')
  clock.advance('2s')
  expect(await look()).toBe('postern; fwd=uri-miss; stored')
  expect(app.calls).toHaveLength(2)
})
