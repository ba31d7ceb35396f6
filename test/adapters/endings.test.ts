/** How exchanges end: on time or not, whole or cut off, each one in exactly one record. */
import type { RequestHandler, Response } from 'express'
import { answer, before, route } from 'postern'
import { toExpress } from 'postern/express'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EXPRESSES, guard, open, pause, serve, tell, wire } from './support.js'

const crashes: unknown[] = []
const onCrash = (error: unknown) => crashes.push(error)

beforeAll(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash)
})

afterAll(() => {
  process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash)
  expect(crashes).toEqual([])
})

const AGENT = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe.each(EXPRESSES)('an exchange in $name', ({ express }) => {
  function app(handler: RequestHandler, more: Partial<Parameters<typeof guard>[0]> = {}) {
    const guarded = guard({ routes: [route('ANY /{path+}')], ...more })
    const built = express()
    built.use(toExpress(guarded.gateway))
    built.use(handler)
    return { ...guarded, built }
  }

  describe('that the caller breaks off', () => {
    it('while the app is thinking is recorded as aborted, without a status', async () => {
      const closed: string[] = []
      const { built, record } = app((req, res) => {
        req.on('close', () => closed.push('request'))
        res.on('close', () => closed.push('response'))
      })
      const { port } = await serve(built)
      const socket = await open(port)
      socket.write(AGENT)
      await pause(30)
      socket.destroy()
      expect(await record()).toMatchObject({ end: 'aborted', status: 0, bytesOut: 0, refusal: undefined })
      expect(closed.sort()).toEqual(['request', 'response'])
    })

    it('is aborted with the status that was sent, whatever the app says of it afterwards', async () => {
      const { built, record } = app((_req, res) => {
        res.write('x')
        setTimeout(() => {
          res.destroy(new Error('the source is broken'))
          res.statusCode = 500
          res.end('an apology')
        }, 20)
      })
      const { port } = await serve(built)
      expect((await tell(port, AGENT)).status).toBe(200)
      expect(await record()).toMatchObject({ end: 'aborted', status: 200, refusal: undefined })
    })

    it('in the middle of the answer is recorded as aborted, with what was sent', async () => {
      const { built, record } = app((_req, res) => {
        res.set('Content-Length', '100')
        res.write('x'.repeat(10))
      })
      const { port } = await serve(built)
      const socket = await open(port)
      socket.write(AGENT)
      await new Promise((resolve) => socket.once('data', resolve))
      socket.destroy()
      expect(await record()).toMatchObject({ end: 'aborted', status: 200, bytesOut: 10 })
    })

    it('while a step waits never reaches the app', async () => {
      let ran = 0
      const steps = [
        before('identify', async () => {
          await pause(80)
          return undefined
        }),
      ]
      const { built, record } = app((_req, res) => res.send(String(++ran)), { steps })
      const { port } = await serve(built)
      const socket = await open(port)
      socket.write(AGENT)
      await pause(20)
      socket.destroy()
      expect(await record()).toMatchObject({ end: 'aborted', status: 0 })
      expect(ran).toBe(0)
    })

    it('while its answers stand in line is recorded for each of them', async () => {
      const { built, recorded } = app((req, res) => {
        if (req.url !== '/a') res.send('quick')
      })
      const { port } = await serve(built)
      const socket = await open(port)
      const others = Array.from({ length: 20 }, (_, at) => `GET /b${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      socket.write(AGENT + others.join(''))
      await pause(50)
      socket.destroy()
      const records = await recorded(21)
      expect(records.every(({ end }) => end === 'aborted')).toBe(true)
      expect(new Set(records.map(({ path }) => path)).size).toBe(21)
    })
  })

  describe('that the app breaks off', () => {
    it.each<[string, (res: Response) => void, number]>([
      ['before the answer', (res) => res.destroy(), 0],
      ['in the middle of it', (res) => res.write('begun', () => res.destroy()), 200],
      ['by its socket', (res) => res.socket?.destroy(), 0],
    ])('%s is recorded as aborted', async (_when, breakOff, status) => {
      const { built, record } = app((_req, res) => breakOff(res))
      const { port } = await serve(built)
      expect((await tell(port, AGENT)).closed).toBe(true)
      expect(await record()).toMatchObject({ end: 'aborted', status })
    })
  })

  describe('in line with others on one connection', () => {
    it('gets its own answer and its own record, in order', async () => {
      const { built, recorded } = app(async (req, res) => {
        const [, size = '0', wait = '0'] = req.path.split('/')
        await pause(Number(wait))
        res.set('Content-Length', size).end('x'.repeat(Number(size)))
      })
      const { port } = await serve(built)
      const paths = ['/5/60', '/7/0', '/3/30', '/0/0', '/9/10']
      const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      const { text } = await tell(port, requests.join('') + wire('GET /1/0'))
      expect(text.match(/^Content-Length: \d+/gm)?.map((line) => line.slice(16))).toEqual([
        '5',
        '7',
        '3',
        '0',
        '9',
        '1',
      ])
      const records = await recorded(6)
      const sizes = Object.fromEntries(records.map(({ path, bytesOut, end }) => [path, `${bytesOut} ${end}`]))
      expect(sizes).toEqual({
        '/5/60': '5 answered',
        '/7/0': '7 answered',
        '/3/30': '3 answered',
        '/0/0': '0 answered',
        '/9/10': '9 answered',
        '/1/0': '1 answered',
      })
    })

    it('counts only its own bytes, on a connection that has carried many', async () => {
      const { built, recorded } = app((req, res) => {
        res.write(req.path)
        res.end()
      })
      const { port } = await serve(built)
      const socket = await open(port)
      for (let count = 0; count < 3; count++) {
        socket.write(AGENT)
        await new Promise((resolve) => socket.once('data', resolve))
        await pause(5)
      }
      for (const { bytesOut } of await recorded(3)) {
        expect(bytesOut).toBeGreaterThanOrEqual(2)
        expect(bytesOut).toBeLessThan(20)
      }
    })

    it('that is refused in between keeps its place', async () => {
      const { built, recorded } = app(
        async (_req, res) => {
          await pause(30)
          res.send('pets')
        },
        { routes: [route('GET /a'), route('GET /locked', { apiKey: true })], plans: {} },
      )
      const { port } = await serve(built)
      const refused = 'GET /locked HTTP/1.1\r\nHost: localhost\r\n\r\n'
      const { text } = await tell(port, AGENT + refused + AGENT + wire('GET /nowhere'))
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([
        'HTTP/1.1 200',
        'HTTP/1.1 403',
        'HTTP/1.1 200',
        'HTTP/1.1 404',
      ])
      await recorded(4)
    })
  })

  describe('that takes the app too long', () => {
    const timed = { routes: [route('ANY /{path+}', { timeout: 50 })] }

    it('is answered with 504, closes the connection, and is recorded once', async () => {
      const { built, record } = app(() => {}, timed)
      const { port } = await serve(built)
      const { status, head, body, took } = await tell(port, AGENT)
      expect({ status, body }).toEqual({ status: 504, body: '{"message":"Endpoint request timed out"}' })
      expect(head).toMatch(/connection: close/i)
      expect(took).toBeLessThan(1000)
      expect(await record()).toMatchObject({ status: 504, refusal: 'INTEGRATION_TIMEOUT', end: 'refused' })
    })

    it.each<[string, (res: Response, done: () => void) => void]>([
      ['res.json', (res) => res.status(201).json({ late: true })],
      ['res.send of a Buffer', (res) => res.send(Buffer.alloc(10))],
      ['res.redirect', (res) => res.redirect('/elsewhere')],
      ['res.sendStatus', (res) => res.sendStatus(204)],
      ['res.cookie and res.append', (res) => res.cookie('a', '1').append('Link', '</a>').send('x')],
      ['res.writeHead and res.end', (res) => res.writeHead(200, { 'Content-Type': 'text/x' }).end('late')],
      [
        'res.setHeader and res.write',
        (res) => {
          res.setHeader('x-late', '1')
          res.write('a')
          res.end('b')
        },
      ],
      ['res.flushHeaders', (res) => res.flushHeaders()],
      [
        'res.writeContinue and res.writeEarlyHints',
        (res) => {
          res.writeContinue()
          res.writeProcessing()
          res.writeEarlyHints({ link: '</a>; rel=preload' })
        },
      ],
      [
        'res.addTrailers',
        (res) => {
          res.addTrailers({ 'x-sum': '1' })
          res.end()
        },
      ],
      ['res.removeHeader', (res) => res.removeHeader('content-length')],
      ['res.destroy', (res) => res.destroy()],
      ['res.end with a callback', (res) => void res.end('late', () => {})],
    ])('no longer cares for a late %s', async (_what, late) => {
      let failed: unknown
      let settle = () => {}
      const over = new Promise<void>((resolve) => {
        settle = resolve
      })
      const { built, record } = app(async (_req, res) => {
        await pause(120)
        try {
          late(res, settle)
        } catch (error) {
          failed = error
        }
        settle()
      }, timed)
      const { port } = await serve(built)
      const { text, status } = await tell(port, AGENT)
      expect(status).toBe(504)
      expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
      await over
      await pause(30)
      expect(failed).toBeUndefined()
      expect(await record()).toMatchObject({ status: 504, end: 'refused' })
    })

    it('calls back whoever waits for a late write', async () => {
      const called: string[] = []
      const { built } = app(async (_req, res) => {
        await pause(100)
        expect(res.write('x', () => called.push('write'))).toBe(true)
        res.end(() => called.push('end'))
      }, timed)
      const { port } = await serve(built)
      await tell(port, AGENT)
      await pause(100)
      expect(called).toEqual(['write', 'end'])
    })

    it('no longer cares for a late error or file', async () => {
      for (const late of ['throw', 'file', 'stream']) {
        const { built, record } = app(async (_req, res, next) => {
          await pause(100)
          if (late === 'throw') return next(new Error('late'))
          if (late === 'file') return res.sendFile(import.meta.filename, () => {})
          const { Readable } = await import('node:stream')
          return void Readable.from(['a', 'b']).pipe(res)
        }, timed)
        const { port } = await serve(built)
        expect((await tell(port, AGENT)).status).toBe(504)
        await pause(100)
        expect(await record()).toMatchObject({ status: 504 })
      }
    })

    it('takes back what the app had prepared of its answer, and keeps what others had', async () => {
      const { built } = app((_req, res) => {
        res.status(201).set({ Trailer: 'X-Sum', 'Content-Encoding': 'gzip', ETag: '"1"', Location: '/a' })
        res.cookie('a', '1').set('Transfer-Encoding', 'chunked').set('X-Of-The-App', '1').vary('Accept')
        res.statusMessage = 'Created After All'
      }, timed)
      const { port } = await serve(built)
      const { head, body } = await tell(port, AGENT)
      expect(head).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/)
      expect(head).not.toMatch(/trailer|encoding|etag|location|set-cookie/i)
      expect(head).toMatch(/X-Powered-By: Express/)
      expect(body).toBe('{"message":"Endpoint request timed out"}')
    })

    it('may take all the time that it likes once its answer has begun', async () => {
      const { built, record } = app(async (_req, res) => {
        res.write('begun')
        await pause(120)
        res.end(' and ended')
      }, timed)
      const { url } = await serve(built)
      expect(await (await fetch(`${url}/a`)).text()).toBe('begun and ended')
      expect(await record()).toMatchObject({ status: 200, end: 'answered' })
    })

    it('may take it anyway where the policy has no bound', async () => {
      const routes = [route('ANY /{path+}', { timeout: false })]
      const { built } = app(
        async (_req, res) => {
          await pause(120)
          res.send('at last')
        },
        { routes, limits: { timeout: 50 } },
      )
      const { url } = await serve(built)
      expect(await (await fetch(`${url}/a`)).text()).toBe('at last')
    })

    it('by the policy of its own route is cut off by that, behind a mounted gate', async () => {
      const { gateway, recorded } = guard({
        routes: [route('GET /quick'), route('GET /slow', { timeout: 50 })],
      })
      const gate = toExpress(gateway)
      const built = express()
      built.use(gate)
      built.get('/quick', gate.route({ timeout: 50 }), () => {})
      built.get('/slow', gate.route({ timeout: '2s' }), async (_req, res) => {
        await pause(120)
        res.send('in time')
      })
      const { url } = await serve(built)
      expect((await fetch(`${url}/quick`)).status).toBe(504)
      expect(await (await fetch(`${url}/slow`)).text()).toBe('in time')
      await recorded(2)
    })

    it('while its body still comes is answered all the same', async () => {
      const { built, record } = app(() => {}, timed)
      const { port } = await serve(built)
      const { status, took } = await tell(
        port,
        'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc',
      )
      expect(status).toBe(504)
      expect(took).toBeLessThan(2000)
      await record()
    })

    it('in a handler of the definition is answered with 504 as well', async () => {
      const routes = [route('GET /a', { timeout: 50 }, () => new Promise(() => {}))]
      const { built, record } = app(() => {}, { routes })
      const { port } = await serve(built)
      expect((await tell(port, wire('GET /a'))).status).toBe(504)
      expect(await record()).toMatchObject({ status: 504, refusal: 'INTEGRATION_TIMEOUT' })
    })
  })

  it('that a step crashes is a 500, and one record tells what it threw', async () => {
    for (const step of [
      () => {
        throw new Error('boom')
      },
      async () => {
        throw new Error('boom')
      },
    ]) {
      const { built, record, errors } = app((_req, res) => res.send('never'), {
        steps: [before('validate', step)],
      })
      const { url } = await serve(built)
      expect((await fetch(`${url}/a`)).status).toBe(500)
      expect(errors).toEqual([new Error('boom')])
      expect(await record()).toMatchObject({ status: 500, end: 'crashed', error: new Error('boom') })
    }
  })

  it('that a step answers is recorded with what was sent', async () => {
    const steps = [before('validate', async () => answer(418, 'short and stout'))]
    const { built, record } = app((_req, res) => res.send('never'), { steps })
    const { url } = await serve(built)
    expect(await (await fetch(`${url}/a`)).text()).toBe('short and stout')
    expect(await record()).toMatchObject({ status: 418, end: 'answered', bytesOut: 15 })
  })

  it('is recorded although onRecord fails, and the caller does not notice', async () => {
    const errors: unknown[] = []
    const { built } = app((_req, res) => res.send('fine'), {
      onRecord: () => {
        throw new Error('the log is full')
      },
      onError: (error) => errors.push(error),
    })
    const { url } = await serve(built)
    expect(await (await fetch(`${url}/a`)).text()).toBe('fine')
    expect((await fetch(`${url}//`)).status).toBe(400)
    await vi.waitFor(() => expect(errors).toHaveLength(2))
  })

  it('is one of many at once, each with a record of its own', async () => {
    const { built, recorded } = app(async (req, res) => {
      await pause(Math.random() * 20)
      res.send(req.path)
    })
    const { url } = await serve(built)
    const paths = Array.from({ length: 200 }, (_, at) => `/${at}`)
    const texts = await Promise.all(paths.map(async (path) => (await fetch(url + path)).text()))
    expect(texts).toEqual(paths)
    const records = await recorded(200)
    expect(records.map(({ path }) => path).sort()).toEqual([...paths].sort())
    for (const { path, bytesOut, status } of records) expect([bytesOut, status]).toEqual([path.length, 200])
  })
})
