/** What the gateway is held to in a real Next: what its bundler, router and server make of it. */
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Answered, type NextProject, Running } from './running.js'

const JSON_TYPE = { 'content-type': 'application/json' }

export function nextSuite(project: NextProject): void {
  describe(`Next ${project.major}`, () => {
    let folder: string
    beforeAll(async () => {
      // Next checks the types of what a file exports, too.
      folder = await project.app('suite')
    })

    describe('built and started', () => {
      let running: Running
      beforeAll(async () => {
        running = await Running.start(folder, 'start')
      })
      afterAll(() => running?.[Symbol.asyncDispose]())
      builtApp(() => running)
    })

    it('in development, what is written anew holds, and what was counted stays', async ({ onTestFailed }) => {
      await using running = await Running.start(folder, 'dev')
      onTestFailed(() => console.error(running.said))
      await developedApp(running, folder)
    }, 240_000)
  })
}

async function developedApp(running: Running, folder: string): Promise<void> {
  const body = JSON.stringify({ name: 'acme', plans: ['slow'] })
  const made = await running.ask('POST /control', { headers: JSON_TYPE, body })
  const headers = { ...JSON_TYPE, 'x-api-key': made.json().value }
  const status = async () => (await running.ask('POST /alone/7', { headers, body: '{"name":"Rex"}' })).status
  expect([await status(), await status()]).toEqual([200, 200])

  // The definition: a plan that holds two more.
  const policy = async () => {
    // Next loads a module anew for the first of the routes that share it.
    await running.ask('GET /control')
    const { headers: said } = await running.ask('POST /alone/7', { headers, body: '{"name":"Rex"}' })
    return said['ratelimit-policy']
  }
  await rewritten(join(folder, 'lib', 'gateway.ts'), ['burst: 3', 'burst: 5'], async () => {
    expect(await policy()).toContain('q=5')
  })
  await vi.waitFor(async () => expect(await status()).toBe(429))

  // A policy beside a handler.
  const file = join(folder, 'app', 'pets', '[petId]', 'route.ts')
  expect((await running.ask('GET /prod/pets/7')).status).toBe(200)
  await rewritten(file, ['{ throttle: { rate: 0.001, burst: 2 } }', '{ apiKey: true }'], async () => {
    expect((await running.ask('GET /prod/pets/7')).status).toBe(403)
  })
}

/** Changes a file until that is seen: a request that comes while Next compiles may have it keep what it had. */
async function rewritten(
  file: string,
  [before, after]: [string, string],
  seen: () => Promise<void>,
): Promise<void> {
  const text = await readFile(file, 'utf8')
  expect(text).toContain(before)
  let times = 0
  // Each time another program: one that differs in white space alone is none to Next.
  const write = async () => {
    const mark = `;(globalThis as { written?: number }).written = ${++times}`
    await writeFile(file, `${text.replace(before, after)}\n${mark}\n`)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await vi.waitFor(seen, { timeout: 6_000, interval: 500 })
  }
  await vi.waitFor(write, { timeout: 120_000, interval: 500 })
}

function builtApp(running: () => Running): void {
  const ask: Running['ask'] = (line, asked) => running().ask(line, asked)
  const control = async () => (await ask('GET /control')).json()
  const keyOf = async (plan: string): Promise<string> => {
    const body = JSON.stringify({ name: 'acme', plans: [plan] })
    return (await ask('POST /control', { headers: JSON_TYPE, body })).json().value
  }
  const recordOf = async ({ headers }: Answered) => {
    const id = headers['x-amzn-requestid']
    const { records } = await control()
    return records.filter(({ requestId }: { requestId: string }) => requestId === id)
  }
  let key = ''
  beforeAll(async () => {
    key = await keyOf('free')
  })

  describe('a catch-all', () => {
    it('serves the routes of the definition, stages too', async () => {
      const response = await ask('GET /shop/beta/pets/7')
      expect([response.status, response.json()]).toEqual([200, { id: '7', stage: 'beta' }])
      expect((await ask('GET /shop/prod/files/a%2Fb/c%20d')).json()).toEqual({ path: 'a/b/c d' })
      expect((await ask('GET /shop/nowhere')).status).toBe(404)
      const wrong = await ask('DELETE /shop/prod/pets/7')
      expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD'])
    })

    it('answers HEAD and preflight by itself', async () => {
      const head = await ask('HEAD /shop/prod/pets/7')
      expect([head.status, head.text]).toEqual([200, ''])
      const headers = { origin: 'https://acme.test', 'access-control-request-method': 'POST' }
      const preflight = await ask('OPTIONS /shop/prod/pets', { headers })
      expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([
        204,
        'https://acme.test',
      ])
    })

    it('compresses, and says so', async () => {
      const response = await fetch(`http://localhost:${running().port}/shop/prod/pets/7`)
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(await response.json()).toEqual({ id: '7', stage: 'prod' })
    })

    it('knows keys that another route has made', async () => {
      const post = (headers: object) =>
        ask('POST /shop/prod/pets', { headers: { ...JSON_TYPE, ...headers }, body: '{"name":"Rex"}' })
      expect((await post({})).status).toBe(403)
      expect((await post({ 'x-api-key': key })).json()).toEqual({ got: { name: 'Rex' }, by: 'acme' })
    })
  })

  describe('gate.route', () => {
    it('guards a handler, whose folders name the parameters', async () => {
      const response = await ask('GET /alone/a%2Fb?page=2')
      expect(response.json()).toMatchObject({
        petId: 'a/b',
        told: { petId: 'a/b' },
        sourceIp: '127.0.0.1',
        page: '2',
      })
      expect(await recordOf(response)).toMatchObject([{ status: 200, end: 'answered', stage: 'prod' }])
    })

    it('gives the body back, in a request of the class that Next gave', async () => {
      const post = (headers: object, body: string) =>
        ask('POST /alone/7?mode=new', { headers: { ...JSON_TYPE, ...headers }, body })
      expect((await post({}, '{"name":"Rex"}')).status).toBe(403)
      expect((await post({ 'x-api-key': key }, '{}')).status).toBe(400)
      expect((await post({ 'x-api-key': key }, '{"name":"Rex"}')).json()).toEqual({
        got: { name: 'Rex' },
        by: 'acme',
        mode: 'new',
      })
    })

    it('keeps answers', async () => {
      const [first, second] = [await ask('GET /alone/kept'), await ask('GET /alone/kept')]
      expect([first.json(), second.json()]).toEqual([{ call: 1 }, { call: 1 }])
      expect(second.headers['cache-status']).toMatch(/^postern; hit/)
    })

    it('lets a handler say it by what it throws, as Next has it', async () => {
      const moved = await ask('GET /alone/moved')
      expect([moved.status, moved.headers.location]).toEqual([307, '/alone/7?by=a;b'])
      expect(moved.headers['set-cookie']).toEqual(['seen=yes; Path=/'])
      expect(await recordOf(moved)).toMatchObject([
        { status: 307, end: 'answered', route: 'GET /alone/moved' },
      ])
      const missing = await ask('POST /alone/moved')
      expect([missing.status, missing.text]).toEqual([404, ''])
      expect(await recordOf(missing)).toMatchObject([{ status: 404, end: 'answered' }])
    })

    it('lets a stream through as it comes, and records its end', async () => {
      let text = ''
      const id = await new Promise<unknown>((resolve, reject) => {
        const asking = request(
          { host: 'localhost', port: running().port, path: '/alone/events' },
          (response) => {
            response.on('data', (chunk) => {
              if (text === '') ask('POST /alone/events').catch(reject)
              text += chunk
            })
            response.on('end', () => resolve(response.headers['x-amzn-requestid']))
          },
        )
        asking.on('error', reject).end()
      })
      expect(text).toBe('data: one\n\ndata: two\n\n')
      const { records } = await control()
      expect(records.find(({ requestId }: { requestId: unknown }) => requestId === id)).toMatchObject({
        status: 200,
        bytesOut: text.length,
      })
    })
  })

  describe('in front of the app', () => {
    it('takes the stage off the path, and tells the page what it knows', async () => {
      const response = await ask('GET /prod')
      expect(response.text).toContain('told: prod GET / 127.0.0.1')
      expect(await recordOf(response)).toMatchObject([{ status: 200, end: 'answered', route: 'GET /' }])
    })

    it('refuses, and answers by the handlers of routes', async () => {
      const refused = await ask('GET /prod/locked')
      expect([refused.status, refused.json()]).toEqual([403, { message: 'Forbidden' }])
      expect((await ask('GET /prod/locked', { headers: { 'x-api-key': key } })).text).toContain(
        'the secret, for acme',
      )
      expect((await ask('GET /prod/time')).json()).toEqual({ time: 'now' })
      expect(await recordOf(refused)).toMatchObject([{ status: 403, end: 'refused' }])
    })

    it('goes on in a handler that has a policy of its own: one exchange, charged once', async () => {
      const answers = [
        await ask('GET /prod/pets/7'),
        await ask('GET /prod/pets/8'),
        await ask('GET /prod/pets/9'),
      ]
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
      const [first] = answers as [Answered]
      expect(first.json()).toMatchObject({ params: { petId: '7' }, stage: 'prod' })
      expect(await recordOf(first)).toMatchObject([
        { status: 200, end: 'answered', route: 'GET /pets/{petId}' },
      ])
      const slow = await keyOf('slow')
      const post = () =>
        ask('POST /prod/pets/7', { headers: { ...JSON_TYPE, 'x-api-key': slow }, body: '{"name":"Rex"}' })
      const posted = [await post(), await post(), await post(), await post()]
      expect(posted.map(({ status }) => status)).toEqual([200, 200, 200, 429])
      expect(posted[0]?.json()).toEqual({ got: { name: 'Rex' }, body: { name: 'Rex' }, by: 'acme' })
      expect(posted.map(({ headers }) => String(headers.ratelimit).split(';')[1])).toEqual([
        'r=2',
        'r=1',
        'r=0',
        'r=0',
      ])
    })

    it('bounds a body of unknown length, though it comes while the gateway waits for something else', async () => {
      const post = async (size: number) => {
        const body = new Blob([new Uint8Array(size)]).stream()
        const init = { method: 'POST', body, duplex: 'half' } as const
        const response = await fetch(`http://localhost:${running().port}/prod/late`, init)
        return [response.status, await response.json()]
      }
      expect(await post(90_000)).toEqual([200, { bytes: 90_000 }])
      expect(await post(200_000)).toEqual([413, { message: 'Request Too Long' }])
    })

    it('goes on in an API route of the Pages Router', async () => {
      const slow = await keyOf('slow')
      const post = () =>
        ask('POST /prod/api/old/7?x=1', {
          headers: { ...JSON_TYPE, 'x-api-key': slow },
          body: '{"name":"Rex"}',
        })
      const posted = [await post(), await post(), await post(), await post()]
      expect(posted.map(({ status }) => status)).toEqual([200, 200, 200, 429])
      expect(posted[0]?.json()).toEqual({
        // Next 15 forgets the parameters of a rewritten request.
        query: expect.objectContaining({ x: '1' }),
        body: { name: 'Rex' },
        by: 'acme',
        stage: 'prod',
        params: { petId: '7' },
      })
      expect(await recordOf(posted[0] as Answered)).toMatchObject([{ status: 200, end: 'answered' }])
      expect((await ask('GET /prod/api/old/7')).status).toBe(403)
    })

    it.each([
      ...[
        '/locked',
        '/locked/',
        '//locked',
        '/prod//locked',
        '/prod/LOCKED',
        '/PROD/locked',
        '/prod/locked/',
      ],
      ...['/prod/%6cocked', '/%70rod/locked', '/prod/x/../locked', '/prod/x/%2e%2e/locked', '/prod/./locked'],
      ...[
        '/prod\\locked',
        '/prod/locked%2f',
        '/prod%2flocked',
        '/locked.rsc',
        '/prod/locked.rsc',
        '/locked?_rsc=1',
      ],
      ...[
        '/prod/locked.segments/_tree.segment.rsc',
        '/_next/data/x/locked.json',
        '/prod/locked;x',
        '/locked#',
      ],
      ...[
        '/_next/../locked',
        '/shop/../locked',
        '/shop/..%2flocked',
        '/control/../locked',
        '/alone/../locked',
      ],
      ...[
        'http://localhost/locked',
        '/en/locked',
        '/index/locked',
        '/prod/prod/locked',
        '/_next/image/../../locked',
      ],
    ])('is not walked around by %s', async (target) => {
      const disguises: Readonly<Record<string, string>>[] = [
        {},
        { rsc: '1' },
        { rsc: '1', 'next-router-prefetch': '1' },
        { 'x-nextjs-data': '1' },
        { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
        { 'x-middleware-subrequest': 'src/middleware:src/middleware:middleware:middleware:middleware' },
        { 'x-middleware-next': '1', 'x-middleware-rewrite': '/locked', 'x-matched-path': '/locked' },
        { 'x-invoke-path': '/locked', 'x-invoke-status': '200', 'x-rewrite-url': '/locked' },
      ]
      for (const headers of disguises) {
        const { status, text } = await ask(`GET ${target}`, { headers })
        expect(text, JSON.stringify(headers)).not.toContain('the secret')
        expect([200, 206], JSON.stringify(headers)).not.toContain(status)
      }
    })
  })

  describe('an API route of the Pages Router', () => {
    const post = (path: string, body: string) => ask(`POST ${path}`, { headers: JSON_TYPE, body })

    it('has its body checked where Next leaves it unread', async () => {
      const response = await post('/api/alone/raw', '{"name":"Rex"}')
      expect(response.json()).toEqual({ text: '{"name":"Rex"}', checked: { name: 'Rex' }, from: '127.0.0.1' })
      expect((await post('/api/alone/raw', '{}')).status).toBe(400)
      expect(await recordOf(response)).toMatchObject([{ status: 200, bytesIn: 14 }])
    })

    it('is told how, where Next has read it', async () => {
      expect((await post('/api/alone/parsed', '{"name":"Rex"}')).status).toBe(500)
      expect((await control()).errors.join()).toContain(
        'the body was read before the gateway could: `export const config = { api: { bodyParser: false } }`',
      )
    })
  })

  describe('who called', () => {
    const PATHS = ['/alone/7', '/shop/prod/pets/7', '/prod', '/api/alone/raw']

    it.each(PATHS)('is not for the caller of %s to say', async (path) => {
      const forged = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
      const response = await ask(`GET ${path}`, { headers: forged })
      expect(response.status).toBe(500)
      expect((await control()).errors.join()).toContain(
        'a proxy on this machine forwards requests, but is not trusted',
      )
    })

    it.each(PATHS)('needs TLS for %s from anywhere but this machine', async (path) => {
      const response = await ask(`GET ${path}`, { headers: { host: 'api.acme.test' } })
      expect(response.status).toBe(403)
      expect(await recordOf(response)).toMatchObject([{ refusal: 'INSECURE_TRANSPORT' }])
    })

    it('sends paths without dots', async () => {
      // Next 15 has no route for it, as it takes it by the letter.
      expect([400, 404]).toContain((await ask('GET /alone/x/../7')).status)
      expect((await ask('GET /alone/%2e%2e%2f7')).status).toBe(400)
    })
  })

  it('is one gateway, however often Next has bundled it', async () => {
    const { loads } = await control()
    expect(loads).toBeGreaterThan(1)
  })
}
