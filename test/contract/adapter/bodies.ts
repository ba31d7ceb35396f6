/** Bodies: the app gets all of them, whoever has read them before. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { open, pause, tell, wire } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import type { Ask, Caller } from '../caller.js'
import { bytesOf, MB } from '../scenario/endpoints.js'
import { signed } from './signing.js'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const RAW = { 'content-type': 'application/octet-stream' }
const STREAM = { 'content-type': 'application/x-stream' }

/** Who reads them: how they are asked for. */
const READERS: Readonly<Record<string, (caller: Caller, body: Ask) => Promise<readonly [string, Ask]>>> = {
  'by the app’s parser': async (_caller, body) => ['POST /bytes', { ...body, headers: RAW }],
  'by the app as they come': async (_caller, body) => ['POST /stream', { ...body, headers: STREAM }],
  'by the gateway first': async (caller, body) => [
    'POST /signed',
    await signed(caller, 'POST /signed', 'alice', { ...body, headers: STREAM }),
  ],
}

const CASES = Object.keys(READERS).flatMap((reader) =>
  [0, 1, 16_385, 100_000, 5 * MB].flatMap((size) => [
    // What is large takes its time: one way of it will do.
    ...(size > MB ? [] : [{ reader, size, how: 'by length', chunked: false }]),
    { reader, size, how: 'in chunks', chunked: true },
  ]),
)

export const bodies: Topic = ({ caller }) => {
  it.each(
    CASES.map((each) => [`${each.size} bytes, sent ${each.how}, are read ${each.reader}`, each] as const),
  )('%s', async (_title, { reader, size, chunked }) => {
    const body = bytesOf(size)
    const asked = await READERS[reader]?.(caller(), { body, chunked })
    const { status, json, id } = await caller().ask(...(asked ?? (['', {}] as const)))
    expect([status, json]).toEqual([200, { size, sha256: sha256(body) }])
    expect(await caller().record(id)).toMatchObject({ end: 'answered', bytesIn: size })
  })

  it.each([
    ['POST /json', 'untouched by the gateway'],
    ['POST /pets', 'held to a model'],
  ])('%s: JSON %s is parsed by the app', async (line) => {
    const json = { name: 'Rex', notes: 'ä€😀'.repeat(5_000) }
    for (const chunked of [false, true]) {
      const got = await caller().ask(line, { json, chunked })
      expect(got.json.body).toEqual(json)
      const bytesIn = Buffer.byteLength(JSON.stringify(json))
      expect(await caller().record(got.id)).toMatchObject({ end: 'answered', bytesIn })
    }
  })

  it('forms and texts are parsed by the app', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = await caller().ask('POST /form', { body: 'a=1&b=%C3%A4+%F0%9F%98%80', headers: form })
    expect(sent.json.body).toEqual({ a: '1', b: 'ä 😀' })
    const text = { 'content-type': 'text/plain; charset=utf-8' }
    expect((await caller().ask('POST /text', { body: 'ä😀', headers: text })).json.body).toBe('ä😀')
  })

  it('what the app’s parser refuses is answered, and not by the gateway', async () => {
    const headers = { 'content-type': 'application/json' }
    const { status, id } = await caller().ask('POST /json', { body: '{"name":', headers })
    expect([400, 500]).toContain(status)
    expect(await caller().record(id)).toMatchObject({ status, end: 'answered', refusal: null })
  })

  it('a body that comes drop by drop is read whole, by gateway and app', async () => {
    const headers = [
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      `x-amzn-requestid: ${caller().id()}`,
    ]
    const socket = await open(caller().port)
    socket.write(wire(`POST ${caller().at('/pets')}`, headers))
    for (const part of ['{"na', 'me":', '"R', 'ex"}']) {
      await pause(10)
      socket.write(`${part.length.toString(16)}\r\n${part}\r\n`)
    }
    await pause(10)
    socket.write('0\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain('"body":{"name":"Rex"}')
  })

  it('a body that is held back until it is asked for is asked for', async () => {
    const headers = ['Expect: 100-continue', 'Content-Type: application/json', 'Content-Length: 14']
    const socket = await open(caller().port)
    socket.write(wire(`POST ${caller().at('/pets')}`, [...headers, `x-amzn-requestid: ${caller().id()}`]))
    const [first] = await new Promise<[Buffer]>((resolve) => socket.once('data', (chunk) => resolve([chunk])))
    expect(String(first)).toMatch(/^HTTP\/1\.1 100 /)
    socket.write('{"name":"Rex"}')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain('"body":{"name":"Rex"}')
  })

  it('a body that the app ignores is in nobody’s way', async () => {
    for (const size of [10, 200_000]) {
      const got = await caller().ask('POST /ignored', { body: bytesOf(size), headers: STREAM })
      expect(got.json).toEqual({ ignored: true })
      expect(await caller().record(got.id)).toMatchObject({ status: 200, end: 'answered', bytesIn: size })
    }
    const small = `POST ${caller().at('/ignored')} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-stream\r\nContent-Length: 3\r\n\r\nabc`
    const { text } = await tell(caller().port, small + wire(`GET ${caller().at('/text')}`))
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  })
}
