/** What hangs, throws or makes no sense: it refuses, it is reported, and the process lives. */
import { answer, before, createGateway, type KeyRecord, Refusal, refuse, route } from 'postern'
import { toExpress } from 'postern/express'
import { send, testClock } from 'postern/testing'
import { describe, expect, it, vi } from 'vitest'
import { EXPRESSES, guard, pause, serve, tell, wire } from '../adapters/support.js'

const never = () => new Promise<undefined>(() => {})

describe('a step', () => {
  it('that hangs is waited for as long as the route allows', async () => {
    const { gateway, record } = guard({
      routes: [route('GET /pets', { timeout: 50 })],
      steps: [before('authorize', never)],
    })
    expect((await send(gateway, 'GET /pets')).status).toBe(504)
    expect(await record()).toMatchObject({ refusal: 'INTEGRATION_TIMEOUT', end: 'refused' })
  })

  it('that ends too late charges nothing and asks nobody', async () => {
    const later = vi.fn()
    const { gateway } = guard({
      routes: [route('GET /pets', { timeout: 20 })],
      steps: [before('authorize', async () => pause(60).then(() => undefined)), before('validate', later)],
    })
    expect((await send(gateway, 'GET /pets')).status).toBe(504)
    await pause(100)
    expect(later).not.toHaveBeenCalled()
  })

  it('that throws what cannot even be written down refuses', async () => {
    const { gateway, record } = guard({
      routes: [route('GET /pets')],
      steps: [before('authorize', () => Promise.reject(Object.create(null)))],
    })
    expect((await send(gateway, 'GET /pets')).status).toBe(500)
    expect((await record()).end).toBe('crashed')
  })
})

describe.each(EXPRESSES)('behind $name', ({ express }) => {
  it.each([
    [refuse('ACCESS_DENIED'), "refuse('ACCESS_DENIED') was thrown: return it, do not throw it"],
    [answer(418), 'answer(418) was thrown: return it, do not throw it'],
    [new Response('no'), 'a Response was thrown: return it, do not throw it'],
  ])('that throws what it was to return, as a handler does, is told so', async (thrown, words) => {
    const told: unknown[] = []
    const fails = () => {
      throw thrown
    }
    const gateway = createGateway({
      routes: [route('GET /handler', {}, fails), route('GET /step', { apiKey: true })],
      plans: {},
      steps: [before('identify', ({ path }) => (path === '/step' ? fails() : undefined))],
      onError: (error) => told.push(error),
    })
    expect((await send(gateway, 'GET /handler')).status).toBe(500)
    expect((await send(gateway, 'GET /step')).status).toBe(500)
    expect(told).toEqual([new TypeError(words), new TypeError(words)])
  })

  it('a caller that never ends its body is answered in time', async () => {
    const { gateway, record } = guard({
      routes: [route('POST /pets', { timeout: 100 })],
      steps: [before('validate', ({ request }) => request.body(1000).then(() => undefined))],
    })
    const app = express()
    app.use(toExpress(gateway))
    const { port } = await serve(app)
    const told = await tell(
      port,
      'POST /pets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc',
      (text) => text.includes('\r\n\r\n'),
    )
    expect(told.status).toBe(504)
    expect(await record()).toMatchObject({ refusal: 'INTEGRATION_TIMEOUT' })
  })

  it('a refusal with a header that would split the answer becomes a 500', async () => {
    const split = new Refusal('ACCESS_DENIED', undefined, undefined, ['x-why', 'no\r\nset-cookie: a=b'])
    const { gateway, errors } = guard({
      routes: [route('GET /pets')],
      steps: [before('validate', async () => split)],
    })
    const app = express()
    app.use(toExpress(gateway))
    const { port } = await serve(app)
    const told = await tell(port, wire('GET /pets'))
    expect(told.status).toBe(500)
    expect(told.text).not.toContain('set-cookie')
    expect(errors).toHaveLength(1)
  })
})

describe('a hook that fails', () => {
  it('is reported, and what it throws in being told goes to a warning of the process', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const gateway = createGateway({
      routes: [route('GET /pets')],
      onRecord: async () => Promise.reject(new Error('the log is full')),
      onError: () => {
        throw new Error('and so is the other one')
      },
    })
    expect((await send(gateway, 'GET /pets')).status).toBe(200)
    await vi.waitFor(() => expect(warned).toHaveBeenCalledTimes(2))
    warned.mockRestore()
  })

  it.each([
    ['throws', () => Promise.reject.call(undefined)],
    ['gives what would split a header', () => 'a\r\nset-cookie: b=c'],
  ])('leaves a request its id where `ids` %s', async (_what, ids) => {
    const { gateway, errors } = guard({ routes: [route('GET /pets')], ids: ids as () => string })
    const { status, headers } = await send(gateway, 'GET /pets')
    expect(status).toBe(200)
    expect(headers['x-amzn-requestid']).toMatch(/^[\da-f-]{36}$/)
    expect(errors).toHaveLength(1)
  })
})

describe('a row of a table of keys', () => {
  const rows: readonly (readonly [what: string, row: unknown, status: number])[] = [
    ['without an end', { expiresAt: null }, 200],
    ['that is enabled', { enabled: true }, 200],
    ['disabled as SQL has it', { enabled: 0 }, 403],
    ['that ended on a date given as text', { expiresAt: '2001-01-01' }, 403],
    ['that ends on a date given as text', { expiresAt: '9999-12-31' }, 200],
    ['that ends on a date', { expiresAt: new Date('9999-12-31') }, 200],
    ['whose end is no date', { expiresAt: 'soon' }, 403],
  ]

  it.each(rows)('%s is told for what it is', async (_what, row, status) => {
    const key = { id: 'k1', plans: ['free'], ...(row as object) } as KeyRecord
    const { gateway } = guard({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { free: {} },
      keys: { find: () => key },
    })
    expect((await send(gateway, 'GET /pets', { apiKey: 'a-value' })).status).toBe(status)
  })

  it('is not there where the driver says `null`, and is remembered as such', async () => {
    const find = vi.fn(async () => null as unknown as undefined)
    const { gateway, errors } = guard({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { free: {} },
      keys: { find },
    })
    for (let guess = 0; guess < 3; guess++) {
      expect((await send(gateway, 'GET /pets', { apiKey: 'a-guess' })).status).toBe(403)
    }
    expect(find).toHaveBeenCalledTimes(1)
    expect(errors).toEqual([])
  })

  it('is looked up anew after ten seconds, though the clock was set back an hour', async () => {
    const clock = testClock()
    const rowsNow = new Set(['k1'])
    const { gateway } = guard({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { free: {} },
      keys: { find: () => (rowsNow.has('k1') ? { id: 'k1', plans: ['free'] } : undefined) },
      clock,
    })
    const status = async () => (await send(gateway, 'GET /pets', { apiKey: 'a-value' })).status
    expect(await status()).toBe(200)
    rowsNow.clear()
    clock.advance('-1h')
    expect(await status()).toBe(403)
  })
})

describe("with AWS's ways", () => {
  it('HEAD gets no GET handler of the app by the policy of ANY', async () => {
    const { gateway } = guard({
      routes: [route('GET /pets', { apiKey: true }), route('ANY /pets')],
      plans: { free: {} },
      compat: 'aws',
    })
    expect((await send(gateway, 'HEAD /pets')).forwarded).toBeUndefined()
    expect((await send(gateway, 'PUT /pets')).status).toBe(200)
  })
})
