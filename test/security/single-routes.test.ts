/** Policies on single routes: what stands before them, or beside them, must not take anything from them. */
import type { RequestHandler } from 'express'
import { before, refuse, route } from 'postern'
import { toExpress } from 'postern/express'
import { testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, pause, serve } from '../adapters/support.js'

const fine: RequestHandler = (_req, res) => {
  res.json({ ran: true })
}

const closed = before('authorize', () => refuse('ACCESS_DENIED', 'nobody may'))

/** The statuses of one call after another. */
async function statuses(url: string, paths: readonly string[], apiKey = ''): Promise<number[]> {
  const all: number[] = []
  for (const path of paths) all.push((await fetch(url + path, { headers: { 'x-api-key': apiKey } })).status)
  return all
}

describe.each(EXPRESSES)('a policy on a route of $name', ({ express }) => {
  it('keeps its throttle, whatever another route without a pattern is allowed', async () => {
    const clock = testClock()
    const { gateway } = guard({ routes: [], clock })
    const gate = toExpress(gateway)
    const app = express()
    app.get('/login', gate.route({ throttle: { rate: 0.001, burst: 2, per: 'address' } }), fine)
    app.get('/search', gate.route({ throttle: { rate: 100, burst: 1000, per: 'address' } }), fine)
    const { url } = await serve(app)
    expect(await statuses(url, ['/login', '/login', '/login'])).toEqual([200, 200, 429])
    clock.advance('1s')
    expect(await statuses(url, ['/search', '/login'])).toEqual([200, 429])
  })

  it('keeps its throttle behind a gate whose definition has a wider one for the same pattern', async () => {
    const { gateway } = guard({
      routes: [route('GET /pets', { throttle: { rate: 100, burst: 100 } })],
      clock: testClock(),
    })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/pets', gate.route('GET /pets', { throttle: { rate: 1, burst: 1 } }), fine)
    const { url } = await serve(app)
    expect(await statuses(url, ['/pets', '/pets'])).toEqual([200, 429])
  })

  it('is no other route’s for a schema that differs only in what nobody sees', () => {
    class Longer {
      readonly #least: number
      constructor(least: number) {
        this.#least = least
      }
      get '~standard'() {
        const validate = (value: unknown) =>
          String(value).length > this.#least ? { value } : { issues: [{ message: 'too short' }] }
        return { version: 1 as const, vendor: 'own', validate }
      }
    }
    const gate = toExpress(guard({ routes: [] }).gateway)
    const short = new Longer(1)
    gate.route('POST /pets', { body: short, throttle: { rate: 1, burst: 1 } })
    gate.route('POST /pets', { body: short, throttle: { rate: 1, burst: 1 } })
    expect(() => gate.route('POST /pets', { body: new Longer(99), throttle: { rate: 1, burst: 1 } })).toThrow(
      "'POST /pets' is gated twice, by different policies",
    )
  })

  it('runs all steps where the mounted gate has only passed the request on', async () => {
    const { gateway } = guard({ routes: [], unmatched: 'pass', steps: [closed] })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/pets', gate.route({}), fine)
    const { url } = await serve(app)
    expect(await statuses(url, ['/pets'])).toEqual([403])
  })

  it('takes no word of another gateway for who calls, nor for what was asked already', async () => {
    const outer = guard({ routes: [route('GET /pets', { apiKey: true })], plans: { free: {} } })
    const inner = guard({ routes: [], plans: { free: {} } })
    const strict = guard({ routes: [], steps: [closed] })
    const { value } = await outer.gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const app = express()
    app.use(toExpress(outer.gateway))
    app.get('/pets', toExpress(inner.gateway).route({ apiKey: true }), fine)
    const other = express()
    other.use(toExpress(outer.gateway))
    other.get('/pets', toExpress(strict.gateway).route({}), fine)
    expect(await statuses((await serve(app)).url, ['/pets'], value)).toEqual([403])
    expect(await statuses((await serve(other)).url, ['/pets'], value)).toEqual([403])
  })

  it('goes by the stage through which the request came, in plans and in limits', async () => {
    const { gateway } = guard({
      routes: [route('GET /pets')],
      stages: { prod: { throttle: { rate: 1, burst: 1 } }, beta: {} },
      plans: { paid: { stages: ['prod'] } },
      clock: testClock(),
    })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['paid'] })
    const gate = toExpress(gateway, { stage: 'prod' })
    const app = express()
    app.use(gate)
    app.get('/pets', gate.route({ apiKey: true }), fine)
    const { url } = await serve(app)
    expect(await statuses(url, ['/beta/pets', '/beta/pets', '/prod/pets'], value)).toEqual([403, 403, 200])
  })

  it('lets no handler run once the mounted gate has answered that it took too long', async () => {
    const { gateway, record } = guard({
      routes: [route('GET /pets', { timeout: 50 })],
      plans: { free: {} },
      keys: { find: () => pause(150).then(() => ({ id: 'k1', plans: ['free'] })) },
    })
    const gate = toExpress(gateway)
    const app = express()
    let ran = 0
    app.use(gate)
    app.get('/pets', gate.route({ apiKey: true }), () => {
      ran++
    })
    const { url } = await serve(app)
    expect(await statuses(url, ['/pets'], 'a-value')).toEqual([504])
    await pause(200)
    expect(ran).toBe(0)
    expect(await record()).toMatchObject({ status: 504, refusal: 'INTEGRATION_TIMEOUT' })
  })
})
