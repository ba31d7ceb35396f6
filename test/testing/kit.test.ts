/** What `postern/testing` has beside `send`: records that are kept, apps that never were, answers fit for snapshots. */
import { inspect } from 'node:util'
import { answer, createGateway, route } from 'postern'
import { fake, records, send, testClock } from 'postern/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'

const gateway = createGateway({
  routes: [route('ANY /pets'), route('ANY /pets/{petId}'), route('GET /cats')],
  stages: { prod: {} },
  onError: () => {},
})

describe('records', () => {
  it('are kept, the oldest first, until they are cleared', async () => {
    const kept = records()
    const watched = createGateway({ routes: [route('GET /pets')], onRecord: kept })
    expect([kept.all, kept.last]).toEqual([[], undefined])
    await send(watched, 'GET /pets')
    await send(watched, 'GET /nowhere')
    expect(kept.all.map(({ status }) => status)).toEqual([200, 404])
    expect(kept.last?.refusal).toBe('RESOURCE_NOT_FOUND')
    kept.clear()
    expect([kept.all, kept.last]).toEqual([[], undefined])
  })

  it('are kept by each on its own', async () => {
    const [one, other] = [records(), records()]
    await send(createGateway({ routes: [route('GET /pets')], onRecord: one }), 'GET /pets')
    expect([one.all.length, other.all.length]).toEqual([1, 0])
  })
})

describe('a fake', () => {
  it('answers by pattern', async () => {
    const app = fake({
      'GET /pets/{petId}': ({ params, query }) => ({ id: params.petId, kind: query.get('kind') }),
      'GET /pets': [{ id: '1' }],
      'POST /pets': answer(201),
      'PATCH /pets': new Response('patched', { status: 202 }),
      'PUT /pets/:petId': async ({ json, params }) => ({ ...(await json<object>()), id: params.petId }),
    })
    const told = async (request: string, json?: object) => {
      const { status, text } = await send(gateway, request, { app, json })
      return [status, text()]
    }
    expect(await told('GET /prod/pets/a%20b?kind=dog')).toEqual([200, '{"id":"a b","kind":"dog"}'])
    expect(await told('GET /prod/pets')).toEqual([200, '[{"id":"1"}]'])
    expect(await told('POST /prod/pets')).toEqual([201, ''])
    expect(await told('POST /prod/pets')).toEqual([201, ''])
    expect(await told('PATCH /prod/pets')).toEqual([202, 'patched'])
    expect(await told('PATCH /prod/pets')).toEqual([202, 'patched'])
    expect(await told('PUT /prod/pets/7', { name: 'Rex' })).toEqual([200, '{"name":"Rex","id":"7"}'])
  })

  it('says what it has where it has nothing', async () => {
    const app = fake({ 'GET /pets': [], 'POST /pets': answer(201) })
    const { status, json } = await send(gateway, 'GET /prod/cats?a=1', { app })
    const message = "the fake has no 'GET /cats?a=1': it has 'GET /pets', 'POST /pets'"
    expect([status, json()]).toEqual([404, { message }])
    expect((await send(gateway, 'DELETE /prod/pets', { app })).status).toBe(404)
    expect(app.calls.map(({ route }) => route)).toEqual([undefined, undefined])
    expect((await send(gateway, 'GET /prod/cats', { app: fake({}) })).json()).toEqual({
      message: "the fake has no 'GET /cats': it has nothing",
    })
  })

  it('remembers what reached it, until it is cleared', async () => {
    const app = fake({ 'POST /pets': answer(201), 'GET /pets/{petId}': ({ params }) => params })
    await send(gateway, 'POST /prod/pets', { app, json: { name: 'Rex' }, headers: { 'x-tenant': 'acme' } })
    await send(gateway, 'GET /prod/pets/7', { app })
    await send(gateway, 'GET /prod/nowhere', { app })
    const [made, found, ...more] = app.calls
    expect([made?.route, made?.header('X-Tenant'), await made?.json()]).toEqual([
      'POST /pets',
      'acme',
      { name: 'Rex' },
    ])
    expect(found).toMatchObject({ method: 'GET', target: '/pets/7', params: { petId: '7' } })
    expect([made?.gateway.stage, more]).toEqual(['prod', []])
    expect(JSON.stringify(found)).toBe(
      '{"method":"GET","target":"/pets/7","route":"GET /pets/{petId}","params":{"petId":"7"}}',
    )
    app.clear()
    expect(app.calls).toEqual([])
  })

  it('fails, and is slow by the clock', async () => {
    const clock = testClock()
    const slow = createGateway({ routes: [route('ANY /pets')], clock, onError: () => {} })
    const app = fake({ 'GET /pets': () => clock.advance('30s'), 'POST /pets': new Error('out of order') })
    expect((await send(slow, 'GET /pets', { app })).status).toBe(504)
    expect((await send(slow, 'POST /pets', { app })).status).toBe(500)
  })

  it('knows the parameters of its patterns', () => {
    fake({
      'GET /pets/{petId}': ({ params, route }) => {
        expectTypeOf(params).toEqualTypeOf<{ readonly petId: string }>()
        expectTypeOf(route).toEqualTypeOf<'GET /pets/{petId}' | undefined>()
      },
    })
    // @ts-expect-error: a pattern is a method and a path
    expect(() => fake({ 'GET pets': [] })).toThrow(TypeError)
  })

  it('takes no pattern that is none', () => {
    expect(() => fake({ 'get /pets': [] })).toThrow(
      "fake: method 'get' is not in upper case. Write `GET /pets`.",
    )
  })
})

describe('an answer in a snapshot', () => {
  const shown = (body: unknown, type: string) =>
    send(gateway, 'GET /prod/pets', { app: () => answer(200, body, { 'x-b': '1', 'content-type': type }) })

  it('is the same in every run, and holds no functions', async () => {
    const answered = await send(gateway, 'GET /prod/pets', { app: () => ({ name: 'Rex' }) })
    expect(answered.headers['x-amzn-requestid']).toBeDefined()
    expect(answered).toMatchInlineSnapshot(`
      {
        "body": {
          "name": "Rex",
        },
        "headers": {
          "content-type": "application/json",
        },
        "status": 200,
      }
    `)
    expect(JSON.stringify(answered)).toBe(
      JSON.stringify(await send(gateway, 'GET /prod/pets', { app: () => ({ name: 'Rex' }) })),
    )
  })

  it('has its body as JSON, as text, or as a digest', async () => {
    const bodies = async (body: unknown, type: string) => (await shown(body, type)).toJSON().body
    expect(await bodies('{"a":1}', 'application/problem+json; charset=utf-8')).toEqual({ a: 1 })
    expect(await bodies('{"a":', 'application/json')).toBe('{"a":')
    expect(await bodies('{"a":1}', 'text/plain')).toBe('{"a":1}')
    expect(await bodies(Buffer.from([0xff, 0xfe]), 'image/png')).toBe(
      '2 bytes, SHA-256 b3d510ef04275ca8e698e5b3cbb0ece3949ef9252f0cdc839e9ee347409a2209',
    )
    expect((await shown('', 'text/plain')).toJSON()).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain', 'x-b': '1' },
    })
  })

  it('prints as it snapshots', async () => {
    expect(inspect(await shown('hi', 'text/plain'))).toBe(
      "{\n  status: 200,\n  headers: { 'content-type': 'text/plain', 'x-b': '1' },\n  body: 'hi'\n}",
    )
  })
})
