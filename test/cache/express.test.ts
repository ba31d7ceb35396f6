/** The cache over real sockets: what hits give is what misses gave, whatever way the app answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { Express, RequestHandler, Response } from 'express'
import { type GatewayDefinition, route } from 'postern'
import { toExpress } from 'postern/express'
import { testClock } from 'postern/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EXPRESSES, guard, open, pause, type Served, serve, tell, wire } from '../adapters/support.js'

const folder = mkdtempSync(join(tmpdir(), 'postern-cache-'))
const file = join(folder, 'pets.txt')
writeFileSync(file, 'Rex, Bello, Minka ä\n'.repeat(5_000))
// Express prints what nobody catches.
beforeAll(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterAll(() => rmSync(folder, { recursive: true }))

const CACHE = { cache: { ttl: 60 } }

interface Setting {
  readonly served: Served
  /** How often the app has been called. */
  readonly calls: () => number
  readonly clock: ReturnType<typeof testClock>
  readonly errors: readonly unknown[]
}

type Build = (app: Express, count: () => number) => void

async function start(
  express: (typeof EXPRESSES)[number]['express'],
  build: Build,
  definition: Partial<GatewayDefinition> = {},
  before: readonly RequestHandler[] = [],
): Promise<Setting> {
  let calls = 0
  const clock = testClock()
  const guarded = guard({ routes: [route('GET /{path+}', CACHE)], clock, ...definition })
  const app = express()
  app.set('env', 'production')
  for (const each of before) app.use(each)
  app.use(toExpress(guarded.gateway))
  build(app, () => ++calls)
  return { served: await serve(app), calls: () => calls, clock, errors: guarded.errors }
}

interface Got {
  readonly status: number
  readonly headers: Headers
  readonly bytes: string
}

async function get({ url }: Served, path: string, init: RequestInit = {}): Promise<Got> {
  const response = await fetch(url + path, init)
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()).toString('latin1'),
  }
}

/** All that the app said, but for what is written anew each time. */
function said({ status, headers, bytes }: Got) {
  const own = [...headers].filter(
    ([name]) =>
      !/^(?:date|age|etag|cache-status|x-amzn-requestid|connection|keep-alive|transfer-encoding|content-length)$/.test(
        name,
      ),
  )
  return { status, own, bytes }
}

const WAYS: Readonly<Record<string, (res: Response) => unknown>> = {
  json: (res) => res.json({ name: 'Rex ä😀' }),
  'send of a text': (res) => res.type('text').send('x'.repeat(100_000)),
  'send of bytes': (res) => res.send(Buffer.from([0, 1, 2, 255])),
  'status and send': (res) => res.status(203).set('X-One', '1').send('203'),
  end: (res) => res.end('as Node has it'),
  'end of hex': (res) => res.end('00ff', 'hex'),
  'nothing at all': (res) => res.end(),
  'no content': (res) => res.status(204).end(),
  'head and end': (res) => res.writeHead(200, { 'X-One': ['1', '2'], 'Content-Length': 2 }).end('ok'),
  'head as a list': (res) => res.writeHead(201, ['Content-Type', 'text/x', 'X-A', '1']).end('ok'),
  'head with a reason': (res) => res.writeHead(200, 'Fine Indeed', { 'X-One': '1' }).end('ok'),
  'pieces at once': (res) => {
    res.write('one ')
    res.write(Buffer.from('two '))
    res.write('dGhyZWU=', 'base64')
    res.end(' four')
  },
  'pieces by and by': async (res) => {
    res.flushHeaders()
    await pause(5)
    res.write('late')
    await pause(5)
    res.end('r')
  },
  'a buffer used again': async (res) => {
    const buffer = Buffer.from('first!')
    res.write(buffer)
    await pause(20)
    buffer.write('second')
    res.end(buffer)
  },
  'a stream': (res) => Readable.from(['one', 'two', 'three'].map((text) => text.repeat(1000))).pipe(res),
  'a file': (res) => res.sendFile(file),
  download: (res) => res.download(file, 'renamed.txt'),
  'early hints': (res) =>
    res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => res.send('hinted')),
  'gzip by hand': (res) => res.set({ 'Content-Encoding': 'gzip' }).send(gzipSync('zipped')),
  'links and languages': (res) =>
    res.append('Link', '</a>').append('Link', '</b>').set('Content-Language', 'de').send('many'),
}

describe.each(EXPRESSES)('in $name', ({ express }) => {
  it.each(Object.entries(WAYS))('an answer by %s is the same when it is kept', async (_, way) => {
    const { served, calls, errors } = await start(express, (app, count) => {
      app.get('/way', (_req, res) => {
        count()
        way(res)
      })
    })
    const bare = express()
    bare.get('/way', (_req, res) => void way(res))
    const plain = said(await get(await serve(bare), '/way'))
    const first = await get(served, '/way')
    const second = await get(served, '/way')
    const head = await get(served, '/way', { method: 'HEAD' })
    expect(said(first)).toEqual(plain)
    expect(said(second)).toEqual(plain)
    expect(said(head)).toEqual({ ...plain, bytes: '' })
    expect(calls()).toBe(1)
    expect(second.headers.get('cache-status')).toBe('postern; hit; ttl=60')
    expect(errors).toEqual([])
  })

  it('one call answers all who ask at once', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/slow', async (_req, res) => {
        const own = count()
        await pause(100)
        res.json({ own })
      })
    })
    const all = await Promise.all(Array.from({ length: 60 }, () => get(served, '/slow')))
    expect(new Set(all.map(({ bytes }) => bytes))).toEqual(new Set(['{"own":1}']))
    expect(calls()).toBe(1)
    const collapsed = all.filter(({ headers }) => headers.get('cache-status')?.includes('collapsed'))
    expect(collapsed).toHaveLength(59)
  })

  it('a caller who leaves takes nobody along', async () => {
    let first: Response | undefined
    const { served, calls } = await start(express, (app, count) => {
      app.get('/left', async (_req, res) => {
        const own = count()
        if (own === 1) {
          first = res
          res.set('Content-Length', '10').write('part ')
          return
        }
        res.send('whole')
      })
    })
    const leader = await open(served.port)
    leader.write(wire('GET /left'))
    await vi.waitFor(() => expect(calls()).toBe(1))
    const followers = [get(served, '/left'), get(served, '/left')]
    await pause(50)
    leader.destroy()
    expect((await Promise.all(followers)).map(({ bytes }) => bytes)).toEqual(['whole', 'whole'])
    first?.end('rest')
    expect((await get(served, '/left')).bytes).toBe('whole')
  })

  it('an answer that breaks off is never kept', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/broken', (_req, res) => {
        if (count() > 1) return res.send('whole')
        res.set('Content-Length', '100').write('part')
        setTimeout(() => res.destroy(), 20)
      })
    })
    await expect(get(served, '/broken')).rejects.toThrow()
    expect((await get(served, '/broken')).bytes).toBe('whole')
    expect(calls()).toBe(2)
  })

  it('an answer shorter than it was announced is never kept', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/short', (_req, res) => {
        if (count() > 1) return res.send('whole')
        res.writeHead(200, { 'Content-Length': '100' })
        res.end('part')
      })
    })
    await tell(served.port, wire('GET /short'), (text) => text.endsWith('part'))
    expect((await get(served, '/short')).bytes).toBe('whole')
    expect(calls()).toBe(2)
  })

  it('events flow at once, to each caller its own', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/events', (req, res) => {
        const own = count()
        res.set('Content-Type', 'text/event-stream')
        res.flushHeaders()
        res.write(`data: ${own}\n\n`)
        const timer = setInterval(() => res.write('data: more\n\n'), 10)
        req.on('close', () => clearInterval(timer))
      })
    })
    const [one, two] = await Promise.all([
      tell(served.port, wire('GET /events'), (text) => text.includes('more')),
      tell(served.port, wire('GET /events'), (text) => text.includes('more')),
    ])
    expect([one?.body.includes('data: 1'), two?.body.includes('data: 1')].filter(Boolean)).toHaveLength(1)
    expect(calls()).toBe(2)
  })

  it('what streams on is waited for by nobody', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/endless', async (_req, res) => {
        const own = count()
        res.write(`${own} `)
        if (own > 1) res.end('short')
      })
    })
    const leader = tell(served.port, wire('GET /endless'), (text) => text.includes('1 '))
    await leader
    expect((await get(served, '/endless')).bytes).toMatch(/^\d short$/)
    expect(calls()).toBe(2)
  })

  it('more than may be kept passes by untouched', async () => {
    const { served, calls } = await start(
      express,
      (app, count) => {
        app.get('/told', (_req, res) => {
          count()
          res.send('x'.repeat(2_000))
        })
        app.get('/untold', (_req, res) => {
          count()
          for (let n = 0; n < 20; n++) res.write('y'.repeat(100))
          res.end()
        })
      },
      { routes: [route('GET /{path+}', { cache: { ttl: 60, maxBytes: 1_000 } })] },
    )
    for (const path of ['/told', '/told', '/untold', '/untold']) {
      expect((await get(served, path)).bytes).toHaveLength(2_000)
    }
    expect(calls()).toBe(4)
  })

  it('a middleware that changes the answer on its way is heard: compression, headers set at the last moment', async () => {
    const late: RequestHandler = (_req, res, next) => {
      const { writeHead } = res
      res.writeHead = ((...args: Parameters<typeof writeHead>) => {
        res.setHeader('X-Late', 'yes')
        return Reflect.apply(writeHead, res, args)
      }) as typeof writeHead
      next()
    }
    const { served, calls } = await start(express, (app, count) => {
      app.use(late)
      app.get('/late', (_req, res) => {
        count()
        res.json({ late: true })
      })
      app.get('/late/cookie', (_req, res) => {
        count()
        res.setHeader('X-Late', 'no')
        const { writeHead } = res
        res.writeHead = ((...args: Parameters<typeof writeHead>) => {
          res.setHeader('Set-Cookie', 'session=1')
          return Reflect.apply(writeHead, res, args)
        }) as typeof writeHead
        res.send('personal')
      })
    })
    const first = await get(served, '/late')
    const second = await get(served, '/late')
    expect([first.headers.get('x-late'), second.headers.get('x-late')]).toEqual(['yes', 'yes'])
    expect(calls()).toBe(1)
    expect((await get(served, '/late/cookie')).headers.get('set-cookie')).toBe('session=1')
    expect((await get(served, '/late/cookie')).headers.get('set-cookie')).toBe('session=1')
    expect(calls()).toBe(3)
  })

  it('the headers of what stands before the gateway are not kept, and sent with each answer', async () => {
    let nonce = 0
    const before: RequestHandler = (_req, res, next) => {
      res.set({ 'X-Nonce': String(++nonce), 'X-Frame-Options': 'DENY' })
      next()
    }
    const build: Build = (app) => app.get('/framed', (_req, res) => void res.send('framed'))
    const { served } = await start(express, build, {}, [before])
    const got = [await get(served, '/framed'), await get(served, '/framed')]
    expect(got.map(({ headers }) => headers.get('x-nonce'))).toEqual(['1', '2'])
    expect(got.map(({ headers }) => headers.get('x-frame-options'))).toEqual(['DENY', 'DENY'])
    expect(got[1]?.headers.get('cache-status')).toContain('hit')
  })

  it('what the app throws is answered by Express and not kept', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/throws', () => {
        throw new Error(`thrown ${count()}`)
      })
    })
    expect((await get(served, '/throws')).status).toBe(500)
    expect((await get(served, '/throws')).status).toBe(500)
    expect(calls()).toBe(2)
  })

  it('a refusal in the place of an app that is too slow is never kept, whatever status it has', async () => {
    const { served, calls } = await start(
      express,
      (app, count) => {
        app.get('/late', async (_req, res) => {
          if (count() > 1) return void res.send('in time')
          await pause(150)
          res.send('too late')
        })
      },
      {
        routes: [route('GET /late', { cache: { statuses: [200, 504] }, timeout: 50 })],
      },
    )
    expect((await get(served, '/late')).bytes).toContain('timed out')
    expect((await get(served, '/late')).bytes).toBe('in time')
    expect(calls()).toBe(2)
  })

  it('a conditional request is answered by the gateway, of hits and of misses', async () => {
    const { served, calls } = await start(express, (app, count) => {
      app.get('/pet', (req, res) => {
        count()
        expect(req.headers['if-none-match']).toBeUndefined()
        expect(req.rawHeaders.join()).not.toMatch(/if-none-match/i)
        res.set('X-Own', '1').json({ name: 'Rex' })
      })
    })
    const etag = (await get(served, '/pet?1')).headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    const miss = await get(served, '/pet?2', { headers: { 'if-none-match': etag } })
    const hit = await get(served, '/pet?2', { headers: { 'if-none-match': `"other", ${etag}` } })
    for (const got of [miss, hit]) {
      expect([got.status, got.bytes]).toEqual([304, ''])
      expect([got.headers.get('etag'), got.headers.get('x-own')]).toEqual([etag, '1'])
      expect(got.headers.get('content-type')).toBeNull()
    }
    expect(miss.headers.get('cache-status')).toBe('postern; fwd=uri-miss; stored')
    expect(hit.headers.get('cache-status')).toBe('postern; hit; ttl=60')
    expect(calls()).toBe(2)
  })

  it('a stale answer goes out where the app fails, and what the app still writes goes nowhere', async () => {
    const { served, clock, calls, errors } = await start(
      express,
      (app, count) => {
        app.get('/pet', (_req, res) => {
          if (count() === 1) return res.set('X-Own', '1').json({ name: 'Rex' })
          res.status(503).set({ 'X-Bad': '1', 'Content-Length': '3' }).write('b')
          res.write('a', 'utf8', () => res.end('d'))
        })
      },
      { routes: [route('GET /pet', { cache: { ttl: 10, staleIfError: 60 } })] },
    )
    const fresh = await get(served, '/pet')
    clock.advance('20s')
    const stale = await get(served, '/pet')
    expect(said(stale)).toEqual(said(fresh))
    expect(stale.headers.get('x-bad')).toBeNull()
    expect(stale.headers.get('age')).toBe('20')
    expect(stale.headers.get('cache-status')).toBe('postern; fwd=stale; fwd-status=503')
    clock.advance('60s')
    expect((await get(served, '/pet')).status).toBe(503)
    expect(calls()).toBe(3)
    expect(errors).toEqual([])
  })

  it('a range is the app’s own to answer', async () => {
    const { served } = await start(express, (app) => {
      app.get('/file', (_req, res) => void res.sendFile(file))
    })
    await get(served, '/file')
    const part = await get(served, '/file', { headers: { range: 'bytes=0-2' } })
    expect([part.status, part.bytes]).toEqual([206, 'Rex'])
    expect((await get(served, '/file')).bytes).toHaveLength(105_000)
  })

  it('connections live on after hits, misses and replaced answers', async () => {
    const { served } = await start(express, (app) => {
      app.get('/pet', (_req, res) => void res.json({ name: 'Rex' }))
    })
    const request = 'GET /pet HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
    const told = await tell(
      served.port,
      request.repeat(4),
      (text) => text.split('{"name":"Rex"}').length === 5,
    )
    expect(told.text.match(/HTTP\/1\.1 200/g)).toHaveLength(4)
  })

  it('on a single route, behind a mounted gate and alone', async () => {
    let calls = 0
    const { gateway } = guard({ routes: [route('GET /both')] })
    const gate = toExpress(gateway)
    const app = express()
    app.get('/alone', gate.route('GET /alone', CACHE), (_req, res) => void res.send(`alone ${++calls}`))
    app.use(gate)
    app.get('/both', gate.route('GET /both', CACHE), (_req, res) => void res.send(`both ${++calls}`))
    const served = await serve(app)
    for (const path of ['/alone', '/both']) {
      const first = await get(served, path)
      const second = await get(served, path)
      expect(second.bytes).toBe(first.bytes)
      expect(second.headers.get('cache-status')).toContain('hit')
    }
    expect(calls).toBe(2)
  })
})
