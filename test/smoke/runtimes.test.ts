/** The packed package where `fetch` servers run: each runtime serves the same pet shop, and is called from Node. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import aws4 from 'aws4'
import { build } from 'esbuild'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installPacked, type Project } from '../consumer/packed.js'

const ISSUER = 'https://issuer.example'
const KEY = { 'x-api-key': 'a-key-of-acme-of-some-length' }
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

interface Runtime {
  /** The npm package that brings its binary. */
  readonly package: string
  readonly command: readonly string[]
  /** The address that its `callers` tell. */
  readonly address: string
  /** What its host would add to each request. */
  readonly headers?: Readonly<Record<string, string>>
  prepare?(folder: string): Promise<unknown>
}

const RUNTIMES: Readonly<Record<string, Runtime>> = {
  Deno: {
    package: '@deno/linux-x64-glibc',
    command: ['deno', 'run', '--no-prompt', '--allow-net=127.0.0.1', 'runtimes/deno.mjs'],
    address: '127.0.0.1',
  },
  Bun: {
    package: '@oven/bun-linux-x64',
    command: ['bin/bun', 'run', 'runtimes/bun.mjs'],
    address: '127.0.0.1',
  },
  workerd: {
    package: '@cloudflare/workerd-linux-64',
    command: ['bin/workerd', 'serve', 'runtimes/worker.capnp', '--control-fd=1'],
    address: '192.0.2.7',
    headers: { 'cf-connecting-ip': '192.0.2.7', 'x-forwarded-proto': 'https' },
    prepare: bundleWorker,
  },
}

// npm carries the binaries by platform; this test takes the one platform that its CI has.
describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('the built package', () => {
  let project: Project
  let privateKey: webcrypto.CryptoKey

  beforeAll(async () => {
    const binaries = Object.values(RUNTIMES).map((runtime) => [runtime.package, 'latest'])
    project = await installPacked(Object.fromEntries(binaries))
    const pair = await generateKeyPair('ES256', { extractable: true })
    privateKey = pair.privateKey
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] }
    const code = `export const issuer = '${ISSUER}'\nexport const jwks = ${JSON.stringify(jwks)}\n`
    await writeFile(join(project.folder, 'runtimes/issuer.mjs'), code)
  })

  afterAll(() => project?.[Symbol.asyncDispose]())

  describe.each(Object.entries(RUNTIMES))('on %s', (_, runtime) => {
    let server: Served

    beforeAll(async () => {
      await runtime.prepare?.(project.folder)
      server = await start(project.folder, runtime)
    })

    afterAll(() => server?.[Symbol.asyncDispose]())

    const call = (
      path: string,
      { headers, ...init }: RequestInit & { headers?: Readonly<Record<string, string>> } = {},
    ) =>
      fetch(`http://127.0.0.1:${server.port}${path}`, {
        ...init,
        headers: { ...runtime.headers, ...headers },
      })

    const post = async (path: string, json: object, { gzip = false } = {}) => {
      const text = JSON.stringify(json)
      const headers = {
        'content-type': 'application/json',
        'content-encoding': gzip ? 'gzip' : 'identity',
      }
      const response = await call(path, { method: 'POST', body: gzip ? gzipSync(text) : text, headers })
      return [response.status, await response.json()]
    }

    it('serves the handlers of routes without an app', async () => {
      expect(await (await call('/own/7')).json()).toEqual({ own: '7' })
      expect((await call('/own/x')).status).toBe(400)
    })

    it('admits the holder of an API key, whom the app is told of, until the quota is used up', async () => {
      expect((await call('/pets/7')).status).toBe(403)
      const admitted = await call('/pets/7', { headers: KEY })
      expect([admitted.status, await admitted.json()]).toEqual([200, { id: '7', client: 'acme' }])
      expect(admitted.headers.get('x-amzn-requestid')).toMatch(/^[\da-f]{8}-/)
      expect((await call('/pets/8', { headers: KEY })).status).toBe(200)
      const spent = await call('/pets/9', { headers: KEY })
      expect([spent.status, await spent.json()]).toEqual([429, { message: 'Limit Exceeded' }])
    })

    it('knows the address of the caller, and throttles by it', async () => {
      expect(await (await call('/login')).json()).toEqual({ from: runtime.address })
      const throttled = await call('/login')
      expect([throttled.status, await throttled.json()]).toEqual([429, { message: 'Too Many Requests' }])
    })

    it('holds bodies to models of each draft, with patterns and formats, and hands them on', async () => {
      const pet = { name: 'Rex', born: '2024-02-29' }
      expect(await post('/pets', pet)).toEqual([201, { got: pet }])
      const invalid = [400, { message: 'Invalid request body' }]
      expect(await post('/pets', { name: 'rex' })).toEqual(invalid)
      expect(await post('/pets', { ...pet, born: '2025-02-29' })).toEqual(invalid)
      expect([await post('/old', { age: 0 }), await post('/new', { kind: 'cat' })]).toEqual([
        invalid,
        invalid,
      ])
      expect((await post('/old', { age: 1 }))[0]).toBe(201)
      expect(await post('/new', { old: { age: 0 } })).toEqual(invalid)
    })

    it('inflates a body to check it', async () => {
      expect(await post('/pets', { name: 'rex' }, { gzip: true })).toEqual([
        400,
        { message: 'Invalid request body' },
      ])
    })

    it('verifies tokens', async () => {
      const token = await new SignJWT({ sub: 'ada' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(ISSUER)
        .setAudience('pets')
        .setExpirationTime('5m')
        .sign(privateKey)
      const staff = await call('/staff', { headers: { authorization: `Bearer ${token}` } })
      expect([staff.status, await staff.json()]).toEqual([200, { principal: 'ada' }])
      const forged = token.slice(0, -8) + (token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA')
      expect((await call('/staff', { headers: { authorization: `Bearer ${forged}` } })).status).toBe(401)
    })

    it('verifies signatures, where the path is told', async () => {
      const path = '/signed?kind=dog&age=1'
      const host = `127.0.0.1:${server.port}`
      const signed = { path, host, service: 'execute-api', region: 'us-east-1', headers: {} }
      aws4.sign(signed, { accessKeyId: 'AKIDALICE', secretAccessKey: SECRET })
      const { host: _host, Host: _sent, ...headers } = signed.headers as Record<string, string>
      const admitted = await call(path, { headers })
      expect([admitted.status, await admitted.json()]).toEqual([
        200,
        { principal: 'arn:aws:iam::123456789012:user/alice' },
      ])
      expect((await call(`${path}0`, { headers })).status).toBe(403)
    })

    it('keeps an answer, and has callers at once share one call', async () => {
      const kept = async () => (await call('/kept')).json()
      expect(await Promise.all([kept(), kept(), kept()])).toEqual([{ calls: 1 }, { calls: 1 }, { calls: 1 }])
      expect(await kept()).toEqual({ calls: 1 })
    })

    it('passes a stream on piece by piece', async () => {
      const response = await call('/stream')
      const pieces = []
      for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString())
      expect(pieces).toEqual(['Rex, ', 'Tom'])
    })

    it('answers for an app that is too slow, and for one that throws', async () => {
      const late = await call('/slow')
      expect([late.status, await late.json()]).toEqual([504, { message: 'Endpoint request timed out' }])
      expect((await call('/throws')).status).toBe(500)
      expect(await (await call('/errors')).json()).toEqual(['Error: not today'])
    })
  })
})

interface Served extends AsyncDisposable {
  readonly port: number
}

/** Runs until it is disposed of. It says its port as JSON in a line of its own. */
async function start(
  folder: string,
  { package: name, command: [binary = '', ...given] }: Runtime,
): Promise<Served> {
  const home = join(folder, 'home')
  await mkdir(home, { recursive: true })
  const env = { PATH: process.env.PATH, HOME: home, DENO_DIR: home, DENO_NO_UPDATE_CHECK: '1' }
  const child = spawn(join(folder, 'node_modules', name, binary), given, { cwd: folder, env })
  const said: string[] = []
  child.stderr.on('data', (chunk) => said.push(`${chunk}`))
  const port = await Promise.race([portOf(child), ended(child, said)])
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const over = once(child, 'exit')
      if (child.exitCode === null && child.kill('SIGKILL')) await over
    },
  }
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new TypeError('its output is not a pipe')
  for await (const line of createInterface(stdout)) {
    const { port } = JSON.parse(line)
    if (typeof port === 'number') return port
  }
  return new Promise(() => {})
}

async function ended(child: ChildProcess, said: readonly string[]): Promise<never> {
  const [code] = await once(child, 'close')
  throw new Error(`it ended with ${code}:\n${said.join('')}`)
}

/** One file of it, as Cloudflare's own tool makes it. */
function bundleWorker(folder: string): Promise<unknown> {
  return build({
    entryPoints: [join(folder, 'runtimes/worker.mjs')],
    outfile: join(folder, 'runtimes/worker.bundle.mjs'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    logLevel: 'error',
  })
}
