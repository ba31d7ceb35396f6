/** One body, read in two ways: what the gateway has checked is what the app gets. */
import { json, urlencoded } from 'express'
import { createGateway, type GatewayDefinition, type JsonSchema, route } from 'postern'
import { toExpress } from 'postern/express'
import { type SendOptions, send } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, serve } from '../adapters/support.js'

const Person = {
  type: 'object',
  properties: { role: { type: 'string', enum: ['user'] }, note: { type: 'string' } },
}
const FORM = 'application/x-www-form-urlencoded'
const POLICY = { body: { models: { 'application/json': 'Person', [FORM]: 'Person' } } } as const

describe.each(EXPRESSES)('in $name', ({ express }) => {
  async function post(type: string, body: string): Promise<unknown> {
    const { gateway } = guard({ models: { Person }, routes: [route('POST /people', POLICY)] })
    const app = express()
    app.use(toExpress(gateway), json(), urlencoded({ extended: true }))
    app.post('/people', (req, res) => void res.json(req.body))
    const { url } = await serve(app)
    const response = await fetch(`${url}/people`, { method: 'POST', headers: { 'content-type': type }, body })
    return response.ok ? response.json() : response.status
  }

  it.each([
    'application/json; charset=utf-7',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json; charset=utf-7; charset=utf-8',
    'application/json; note="; charset=utf-8"; charset=utf-7',
    'application/json; note="\\"; charset=utf-8"; charset=utf-7',
    'application/json; note="; charset=utf-7',
    'application/json; charset=utf-8, text/plain',
  ])('%s is not taken for UTF-8', async (type) => {
    const smuggled = '{"role":"user","note":"+ACIALAAi-role+ACI:+ACI-admin"}'
    expect(await post(type, smuggled)).toBe(415)
  })

  it.each(['application/json; charset="UTF-8"', 'application/json;version=1; charset=utf-8; charset=UTF-8'])(
    '%s is',
    async (type) => {
      expect(await post(type, '{"role":"user"}')).toEqual({ role: 'user' })
    },
  )

  it.each(['role[]=admin', '[role]=admin', 'role[a]=admin', 'role=user&role%5B%5D=admin', 'x=1&x[]=2'])(
    'the form %s is refused, as the app may take it for another one',
    async (form) => {
      expect(await post(FORM, form)).toBe(400)
    },
  )

  it('a parameter behind more pairs than parsers take, empty ones among them, is refused', async () => {
    const parameters = { query: { limit: { schema: { type: 'integer' } } } } as const
    const { gateway } = guard({ routes: [route('GET /pets', { parameters })] })
    const app = express()
    app.use(toExpress(gateway))
    app.get('/pets', (req, res) => void res.json(req.query))
    const { url } = await serve(app)
    const asked = (pairs: number) => fetch(`${url}/pets?${'&'.repeat(pairs)}limit=9`)
    expect(await (await asked(999)).json()).toEqual({ limit: '9' })
    expect((await asked(1_000)).status).toBe(400)
  })

  it('a form’s other brackets are its own', async () => {
    expect(await post(FORM, 'role=user&toys[]=ball')).toEqual({ role: 'user', toys: ['ball'] })
  })
})

const LATER = { $schema: 'https://json-schema.org/draft/2020-12/schema' }

/** The statuses of bodies, one after the other. */
async function statuses(model: JsonSchema, ...bodies: string[]): Promise<number[]> {
  const gateway = createGateway({ models: { Model: model }, routes: [route('POST /a', { body: 'Model' })] })
  const options = (body: string): SendOptions => ({ body, headers: { 'content-type': 'application/json' } })
  return Promise.all(bodies.map(async (body) => (await send(gateway, 'POST /a', options(body))).status))
}

describe('what every object inherits', () => {
  const either = [{ properties: { a: {} }, required: ['a'] }, { properties: { b: {} } }]

  it.each(['constructor', '__proto__', 'toString'])('is not evaluated: %s', async (name) => {
    const model = { ...LATER, type: 'object', anyOf: either, unevaluatedProperties: false }
    expect(await statuses(model, '{"a":1}', '{"a":1,"b":1}', `{"a":1,"${name}":{}}`)).toEqual([200, 200, 400])
  })
})

describe('a list that must contain something', () => {
  it('is held to it', async () => {
    const model = { ...LATER, contains: { type: 'string' }, minContains: 2, maxContains: 3 }
    const lists = ['[1,"a",2,"b"]', '[1,"a"]', '["a","b","c",1]', '["a","b","c","d"]']
    expect(await statuses(model, ...lists)).toEqual([200, 400, 200, 400])
  })

  it('takes no memory for each item that is none of it', async () => {
    const body = `[${'0,'.repeat(400_000)}0]`
    const before = process.memoryUsage().heapUsed
    expect(await statuses({ ...LATER, contains: { type: 'string' } }, body)).toEqual([400])
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000)
  })
})

it('of two parameters whose schemas both fail, neither goes unheard', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => unheard.push(error)
  const failing = (validate: () => never | Promise<never>) => ({
    schema: { '~standard': { version: 1, vendor: 'test', validate } } as const,
  })
  const late = failing(() => Promise.reject(new Error('late')))
  const now = failing(() => {
    throw new Error('now')
  })
  const definition: GatewayDefinition = {
    routes: [route('GET /a', { parameters: { query: { late, now } } })],
    onError: () => {},
  }
  process.on('unhandledRejection', hear)
  expect((await send(createGateway(definition), 'GET /a?late=1&now=1')).status).toBe(500)
  await new Promise(setImmediate)
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})
