/** A real upstream that we did not write, where it is installed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { http } from '../../../src/http.js'
import { freePort } from '../../sockets.js'
import { through } from './support.js'

const found = findNginx()
if (found === undefined) console.warn('nginx is not installed: its tests are skipped')

function findNginx(): string | undefined {
  for (const command of ['nginx', '/usr/sbin/nginx']) {
    try {
      execFileSync(command, ['-v'], { stdio: 'ignore' })
      return command
    } catch {}
  }
  return undefined
}

const BIG = randomBytes(10_485_760)
const TEXT = randomBytes(100_000).toString('base64')
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** @param closed a port where nobody listens @param behind the port of {@link behindNginx} */
const config = (folder: string, port: number, closed: number, behind: number) => `
daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log ${folder}/access.log;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  types { text/plain txt; application/octet-stream bin; }
  gzip on; gzip_proxied any; gzip_types text/plain; gzip_min_length 100;
  log_format connections '$connection';
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
    client_max_body_size 64k;
    location = /connection { default_type text/plain; return 200 $connection; }
    location = /moved { return 301 https://elsewhere.example/there?a=1; }
    location /down { proxy_pass http://127.0.0.1:${closed}; }
    location /upload { client_max_body_size 20m; proxy_pass http://127.0.0.1:${behind}; }
    location /silent { proxy_read_timeout 300ms; proxy_pass http://127.0.0.1:${behind}; }
    location /socket {
      proxy_pass http://127.0.0.1:${behind};
      proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
    }
  }
}`

/** Tells the digest of a body, never answers `/silent`, and speaks WebSocket. */
function behindNginx(): Server {
  const server = createServer((req, res) => {
    const hash = createHash('sha256')
    req.on('data', (piece) => hash.update(piece))
    req.on('end', () => req.url !== '/silent' && res.writeHead(201).end(hash.digest('hex')))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`heard ${data}`)))
  return server.listen(0, '127.0.0.1')
}

describe.skipIf(found === undefined)('nginx as the upstream', () => {
  let folder = ''
  let child: ChildProcess | undefined
  let behind: Server | undefined
  let url = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postern-nginx-'))
    const server = behindNginx()
    await once(server, 'listening')
    behind = server
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    mkdirSync(join(folder, 'files'))
    writeFileSync(join(folder, 'files/big.bin'), BIG)
    writeFileSync(join(folder, 'files/text.txt'), TEXT)
    writeFileSync(
      join(folder, 'nginx.conf'),
      config(folder, port, await freePort(), (server.address() as AddressInfo).port),
    )
    child = spawn(found ?? '', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' })
    await vi.waitUntil(() => fetch(`${url}/connection`).catch(() => undefined), { timeout: 5_000 })
  })

  afterAll(async () => {
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child?.once('exit', resolve))
      child.kill()
      await ended
    }
    behind?.closeAllConnections()
    behind?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const gate = () => through(http(`${url}/{proxy}`))

  test('is asked over one connection again and again', async () => {
    const { url } = await gate()
    const connections = new Set<string>()
    for (let call = 0; call < 5; call++) connections.add(await (await fetch(`${url}/connection`)).text())
    expect(connections.size).toBe(1)
  })

  test('sends a file of 10 MB, and parts of it', async () => {
    const { url, records } = await gate()
    const whole = Buffer.from(await (await fetch(`${url}/big.bin`)).arrayBuffer())
    expect(digest(whole)).toBe(digest(BIG))
    const part = await fetch(`${url}/big.bin`, { headers: { range: 'bytes=1000-1999' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${BIG.length}`])
    expect(digest(new Uint8Array(await part.arrayBuffer()))).toBe(digest(BIG.subarray(1000, 2000)))
    await vi.waitUntil(() => records.length === 2)
    expect(records.map(({ bytesOut, end }) => [bytesOut, end])).toEqual([
      [BIG.length, 'answered'],
      [1000, 'answered'],
    ])
  })

  test('says that nothing has changed', async () => {
    const { url } = await gate()
    const first = await fetch(`${url}/text.txt`)
    await first.text()
    const again = await fetch(`${url}/text.txt`, {
      headers: { 'if-modified-since': first.headers.get('last-modified') ?? '' },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('compresses, in chunks, and nobody unpacks it on the way', async () => {
    const { port } = await gate()
    const answer = get({ port, host: '127.0.0.1', path: '/text.txt', headers: { 'accept-encoding': 'gzip' } })
    const [res] = (await once(answer, 'response')) as [IncomingMessage]
    const pieces: Buffer[] = []
    for await (const piece of res) pieces.push(piece)
    const { statusCode, headers } = res
    expect([statusCode, headers['content-encoding'], headers['transfer-encoding']]).toEqual([
      200,
      'gzip',
      'chunked',
    ])
    expect(gunzipSync(Buffer.concat(pieces)).toString()).toBe(TEXT)
  })

  test('sends callers elsewhere', async () => {
    const { url } = await gate()
    const { status, headers } = await fetch(`${url}/moved`, { redirect: 'manual' })
    expect([status, headers.get('location')]).toEqual([301, 'https://elsewhere.example/there?a=1'])
  })

  test('has enough of a body that is too large, and is asked again', async () => {
    const { url, records } = await gate()
    const { status, headers } = await fetch(`${url}/text.txt`, { method: 'POST', body: BIG })
    expect([status, headers.get('server')]).toEqual([413, expect.stringContaining('nginx')])
    for (let call = 0; call < 10; call++) expect((await fetch(`${url}/connection`)).status).toBe(200)
    expect(records.filter(({ refusal }) => refusal !== undefined)).toEqual([])
  })

  test('takes an upload of 10 MB, whole or in chunks', async () => {
    const { url, records } = await gate()
    const pieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < BIG.length; at += 1_048_576)
          controller.enqueue(BIG.subarray(at, at + 1_048_576))
        controller.close()
      },
    })
    for (const body of [BIG, pieces]) {
      const answer = await fetch(`${url}/upload`, { method: 'POST', body, duplex: 'half' } as RequestInit)
      expect([answer.status, await answer.text()]).toEqual([201, digest(BIG)])
    }
    await vi.waitUntil(() => records.length === 2)
    expect(records.map(({ end }) => end)).toEqual(['answered', 'answered'])
  })

  test('waits in vain for who is behind it, and says so itself', async () => {
    const { url, records } = await gate()
    const answer = await fetch(`${url}/silent`)
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining('nginx')])
    expect((await fetch(`${url}/connection`)).status).toBe(200)
    expect(records.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
  })

  test('finds nobody behind it, and says so itself', async () => {
    const { url } = await gate()
    const answer = await fetch(`${url}/down/x`)
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('nginx')])
  })

  test('takes a connection on to WebSocket', async () => {
    const { port } = await gate()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`)
    const heard = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))))
    socket.once('open', () => socket.send('Rex'))
    expect(await heard).toBe('heard Rex')
    socket.close()
  })
})
