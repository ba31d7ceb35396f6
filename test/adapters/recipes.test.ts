/** How an app behind its gateway is tested with the tools that people have: no server of one's own is needed. */
import type { RequestHandler } from 'express'
import inject from 'light-my-request'
import { before, route } from 'postern'
import { toExpress } from 'postern/express'
import { testClock } from 'postern/testing'
import supertest from 'supertest'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, pause } from './support.js'

const echo: RequestHandler = (req, res) =>
  res.json({ url: req.url, body: req.body, by: req.gateway?.client?.name })

describe.each(EXPRESSES)('an app of $name behind its gateway', ({ express }) => {
  async function shop(readsBodies = false) {
    const clock = testClock('2026-01-01T00:00:00Z')
    const read = before('validate', async ({ request }) => {
      await request.body(1_000_000)
      return undefined
    })
    const guarded = guard({
      routes: [
        route('GET /pets/{petId}'),
        route('POST /pets', { apiKey: true }),
        route('GET /slow', { timeout: 50 }),
      ],
      plans: { free: { throttle: { rate: 1, burst: 2 } } },
      stages: { prod: {} },
      steps: readsBodies ? [read] : [],
      clock,
    })
    const { value } = await guarded.gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const app = express()
    app.use(toExpress(guarded.gateway))
    app.use(express.json({ limit: '1mb' }))
    app.get('/pets/:petId', echo)
    app.post('/pets', echo)
    app.get('/slow', () => {})
    return { ...guarded, app, clock, value }
  }

  it('is tested with supertest', async () => {
    const { app, clock, value, recorded } = await shop()
    const post = () => supertest(app).post('/prod/pets').set('x-api-key', value).send({ name: 'Rex' })
    await supertest(app).get('/prod/pets/7').expect(200)
    await supertest(app).post('/prod/pets').send({ name: 'Rex' }).expect(403, { message: 'Forbidden' })
    await post().expect(200, { url: '/pets', body: { name: 'Rex' }, by: 'acme' })
    await post().expect(200)
    await post().expect(429).expect('Retry-After', '1')
    clock.advance('1s')
    await post().expect(200)
    expect((await recorded(6)).map(({ status }) => status)).toEqual([200, 403, 200, 200, 429, 200])
  })

  it.each([false, true])(
    'is tested with light-my-request, whose sockets are no sockets (bodies read: %s)',
    async (reads) => {
      const { app, clock, value, recorded } = await shop(reads)
      const headers = { 'x-api-key': value }
      const post = () => inject(app, { method: 'POST', url: '/prod/pets', headers, payload: { name: 'Rex' } })
      const got = await inject(app, { method: 'GET', url: '/prod/pets/7?a=1' })
      expect(got.statusCode).toBe(200)
      expect(got.json()).toMatchObject({ url: '/pets/7?a=1' })
      expect(got.headers['x-amzn-requestid']).toMatch(/^[\da-f-]{36}$/)
      const refused = await inject(app, { method: 'POST', url: '/prod/pets', payload: {} })
      expect([refused.statusCode, refused.json()]).toEqual([403, { message: 'Forbidden' }])
      const posted = await post()
      expect(posted.json()).toEqual({ url: '/pets', body: { name: 'Rex' }, by: 'acme' })
      await post()
      expect((await post()).statusCode).toBe(429)
      clock.advance('1s')
      expect((await post()).statusCode).toBe(200)
      expect((await inject(app, { method: 'GET', url: '/nowhere' })).statusCode).toBe(404)
      const records = await recorded(7)
      expect(records.map(({ status, end }) => `${status} ${end}`)).toEqual([
        '200 answered',
        '403 refused',
        '200 answered',
        '200 answered',
        '429 refused',
        '200 answered',
        '404 refused',
      ])
      expect(records[2]).toMatchObject({
        sourceIp: '127.0.0.1',
        bytesIn: 14,
        bytesOut: posted.payload.length,
      })
    },
  )

  it('bounds time and bodies under light-my-request too', async () => {
    const { app, recorded, value } = await shop()
    const late = await inject(app, { method: 'GET', url: '/prod/slow' })
    expect(late.statusCode).toBe(504)
    const headers = { 'x-api-key': value, 'content-type': 'application/json' }
    const url = '/prod/pets'
    const large = await inject(app, { method: 'POST', url, headers, payload: `"${'x'.repeat(11_000_000)}"` })
    expect(large.statusCode).toBe(413)
    const payload = JSON.stringify({ name: 'x'.repeat(200_000) })
    const fits = await inject(app, { method: 'POST', url, headers, payload })
    expect(fits.statusCode).toBe(200)
    await pause(20)
    const statuses = (await recorded(3)).map(({ status }) => status)
    expect(statuses).toEqual([504, 413, 200])
  })
})
