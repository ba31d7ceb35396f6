import { gzipSync } from 'node:zlib'
import express from 'express'
import { Answer, createGateway, type Policy, PosternError, route } from 'postern'
import { toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { guard, serve } from '../adapters/support.js'

const Pet = { type: 'object', required: ['name'] }
const Failure = { type: 'object', required: ['message'] }
const JSON_TYPE = ['content-type', 'application/json']

/** What is reported when the app answers so; waits until something is, where it should be. */
async function reported(answer: Answer, { responses = RESPONSES, wait = false } = {}) {
  const onError = vi.fn()
  const gateway = createGateway({
    routes: [route('ANY /pets', { responses })],
    models: { Pet, Failure },
    onError,
  })
  const sent = await send(gateway, 'GET /pets', { app: () => answer })
  expect([sent.status, Buffer.from(answer.body as string | Uint8Array).equals(sent.body)]).toEqual([
    answer.status,
    true,
  ])
  if (wait) await vi.waitFor(() => expect(onError).toHaveBeenCalled(), 5_000)
  else for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  return onError.mock.calls.map(([error]) => error)
}

const RESPONSES: Policy['responses'] = { 200: 'Pet', '4xx': 'Failure' }

describe('an answer', () => {
  test('that keeps to its model is not spoken of', async () => {
    expect(await reported(new Answer(200, JSON_TYPE, '{"name":"Rex"}'))).toEqual([])
    expect(await reported(new Answer(404, JSON_TYPE, '{"message":"gone"}'))).toEqual([])
  })

  test('that breaks it goes out and is reported', async () => {
    const [error, ...others] = await reported(new Answer(200, JSON_TYPE, '{"nome":"Rex"}'), { wait: true })
    expect(others).toEqual([])
    expect(error).toBeInstanceOf(PosternError)
    expect(error).toMatchObject({ code: 'ANSWER_INVALID' })
    expect(error.message).toBe(
      'ANY /pets answered 200 with what breaks its model: /name: object has missing required properties (["name"])',
    )
  })

  test.each<[string, Answer]>([
    ['of a class of statuses', new Answer(418, JSON_TYPE, '{}')],
    ['that is not JSON', new Answer(200, ['content-type', 'text/html'], '<p>')],
    ['that is broken JSON', new Answer(200, JSON_TYPE, '{')],
    ['without a body', new Answer(200, JSON_TYPE)],
    ['that is compressed', new Answer(200, [...JSON_TYPE, 'Content-Encoding', 'gzip'], gzipSync('{}'))],
  ])('%s is held to its model', async (_, answer) => {
    expect(await reported(answer, { wait: true })).toHaveLength(1)
  })

  test.each<[string, Answer]>([
    ['of another status', new Answer(500, JSON_TYPE, '{}')],
    ['that has no body by its status', new Answer(304, [])],
    ['of more than a mebibyte', new Answer(200, JSON_TYPE, ' '.repeat(1_048_577))],
    ['in an encoding that is not known', new Answer(200, [...JSON_TYPE, 'content-encoding', 'x'], '{}')],
  ])('%s is not looked at', async (_, answer) => {
    expect(await reported(answer)).toEqual([])
  })

  test('of any other status is held to the default', async () => {
    expect(
      await reported(new Answer(500, JSON_TYPE, '{}'), { responses: { default: 'Failure' }, wait: true }),
    ).toHaveLength(1)
  })

  test("is held to a library's schema as well", async () => {
    expect(
      await reported(new Answer(200, JSON_TYPE, '{"name":1}'), {
        responses: { 200: z.object({ name: z.string() }) },
        wait: true,
      }),
    ).toHaveLength(1)
  })
})

describe('an answer that breaks its model goes out, and', () => {
  /** A route in that mode, its app in Express, and a caller over a real socket. */
  async function asked(mode: Policy['mode']) {
    const policy = { responses: RESPONSES, ...(mode && { mode }) } as const
    const { gateway, errors, record } = guard({
      routes: [route('GET /pets', policy)],
      models: { Pet, Failure },
    })
    const app = express()
    app.use(toExpress(gateway))
    app.get('/pets', (_req, res) => void res.json({ nome: 'Rex' }))
    const { url } = await serve(app)
    const answer = await fetch(`${url}/pets`)
    expect([answer.status, await answer.json()]).toEqual([200, { nome: 'Rex' }])
    await record()
    return { gateway, errors }
  }
  const REPORTED = [expect.objectContaining({ code: 'ANSWER_INVALID' })]

  test("mode: 'observe' reports it to every caller's request", async () => {
    const { errors } = await asked('observe')
    await vi.waitFor(() => expect(errors).toEqual(REPORTED))
  })

  test.each(['enforce', undefined] as const)(
    'mode: %j does not look at it, but in a test: nothing is held up for it',
    async (mode) => {
      const { gateway, errors } = await asked(mode)
      expect(errors).toEqual([])
      // The test kit's `send`.
      const app = () => new Answer(200, JSON_TYPE, '{"nome":"Rex"}')
      expect((await send(gateway, 'GET /pets', { app })).status).toBe(200)
      await vi.waitFor(() => expect(errors).toEqual(REPORTED))
    },
  )
})
