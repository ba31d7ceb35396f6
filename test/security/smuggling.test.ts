/** Requests that two servers might read differently, over raw sockets: what of them reaches an upstream. */
import { connect as connectHttp2, createServer as createHttp2, type IncomingHttpHeaders } from 'node:http2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toNode } from '../../adapters/node.js'
import { http } from '../../src/http.js'
import { speaking, type Through, through } from '../integrate/http/support.js'
import { pause, tell, wire } from '../sockets.js'

/** An upstream that keeps all bytes that it gets on any connection, and answers once nothing more comes. */
async function logging(answers = true) {
  const heard: string[] = []
  const { url } = await speaking((socket) => {
    const at = heard.push('') - 1
    let timer: NodeJS.Timeout | undefined
    let answered = 0
    socket.on('data', (bytes) => {
      heard[at] += bytes.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(() => {
        const { length } = requestsIn(heard[at] ?? '')
        for (; answers && answered < length; answered++)
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }, 20)
    })
  })
  const gate = await through(http(`${url}/{proxy}`, { retries: false, timeout: 500 }))
  const requests = () => heard.flatMap(requestsIn)
  return { gate, heard: () => heard.join(''), requests }
}

/** Requests as a server reads them that goes by the book: `POST /a hello`, `POST /a (broken off)`. */
function requestsIn(text: string): string[] {
  if (text === '') return []
  const end = text.indexOf('\r\n\r\n') + 4
  const head = text.slice(0, end)
  const line = /^\S+ \S+/.exec(head)?.[0] ?? head
  const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0)
  const chunked = /^transfer-encoding: chunked\r$/im.test(head)
  const body = chunked ? chunksIn(text.slice(end)) : { bytes: text.slice(end, end + length), size: length }
  if (body === undefined || text.length < end + body.size) return [`${line} (broken off)`]
  return [`${line} ${body.bytes}`.trim(), ...requestsIn(text.slice(end + body.size))]
}

function chunksIn(text: string): { bytes: string; size: number } | undefined {
  let bytes = ''
  for (let at = 0; ; ) {
    const [line = '', hex = ''] = /^([0-9a-f]+)\r\n/.exec(text.slice(at)) ?? []
    if (line === '') return undefined
    at += line.length
    const size = Number.parseInt(hex, 16)
    if (size === 0) return { bytes, size: at + 2 }
    bytes += text.slice(at, at + size)
    at += size + 2
  }
}

/** Nothing is broken: the next caller is answered, and nothing stands in its way. */
async function expectWell(gate: Through): Promise<void> {
  const fine = await tell(gate.port, wire('GET /fine'))
  expect([fine.status, fine.body]).toEqual([200, 'ok'])
  expect(gate.errors).toEqual([])
}

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const CHUNKED = 'Transfer-Encoding: chunked'
const LONG = `${'x'.repeat(70_000)}`

describe('a request that says twice how long it is', () => {
  it.each([
    ['by both fields', ['Content-Length: 5', CHUNKED], `0\r\n\r\n${HIDDEN}`],
    ['by both, the other way round', [CHUNKED, 'Content-Length: 5'], `0\r\n\r\n${HIDDEN}`],
    ['by two lengths', ['Content-Length: 0', `Content-Length: ${HIDDEN.length}`], HIDDEN],
    ['by two lengths that are one', ['Content-Length: 5', 'Content-Length: 5'], 'hello'],
    ['by a list of lengths', ['Content-Length: 5, 5'], 'hello'],
    ['by a length with a sign', ['Content-Length: +5'], 'hello'],
    ['by a length in hexadecimal', ['Content-Length: 0x5'], 'hello'],
    ['by a coding that is none', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${HIDDEN}`],
    ['by a coding that is not the last', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${HIDDEN}`],
    ['by two codings', [CHUNKED, 'Transfer-Encoding: identity'], `0\r\n\r\n${HIDDEN}`],
    ['with a blank before the colon', ['Transfer-Encoding : chunked', 'Content-Length: 5'], 'hello'],
    ['by a folded line', ['Transfer-Encoding:\r\n chunked', 'Content-Length: 5'], `0\r\n\r\n${HIDDEN}`],
    ['by a folded line of another field', ['X-A: b\r\n Content-Length: 40'], HIDDEN],
    ['with a bare line feed', ['X-A: b\nTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'],
    ['with a bare carriage return', ['X-A: b\rTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'],
    ['with a NUL', ['X-A: b\0', 'Content-Length: 5'], 'hello'],
  ])('%s does not get through', async (_, fields, body) => {
    const { gate, heard } = await logging()
    const told = await tell(gate.port, wire('POST /a', fields, body))
    expect([told.status, told.closed]).toEqual([400, true])
    expect(heard()).toBe('')
    await expectWell(gate)
  })
})

describe('a body in chunks', () => {
  const sent = async (body: string) => {
    const { gate, heard } = await logging()
    const told = await tell(gate.port, wire('POST /a', [CHUNKED, 'Trailer: X-Sum'], body))
    return { gate, heard, told }
  }

  it('goes on in chunks of its own, without what is said beside them', async () => {
    const { gate, heard, told } = await sent(`5;a="${'z'.repeat(100)}";c\r\nhello\r\n0;d\r\n\r\n`)
    expect(told.status).toBe(200)
    expect(heard()).toMatch(/transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/)
    expect(heard()).not.toMatch(/zzz|content-length/i)
    await expectWell(gate)
  })

  it.each(['Content-Length: 3', 'Host: evil', 'Authorization: x', 'X-Sum: 1', 'Transfer-Encoding: chunked'])(
    'loses the field behind it: %s',
    async (field) => {
      const { gate, heard, told } = await sent(`5\r\nhello\r\n0\r\n${field}\r\n\r\n`)
      expect([200, 400]).toContain(told.status)
      expect(heard()).not.toMatch(/evil|authorization|x-sum|content-length/i)
      await expectWell(gate)
    },
  )

  it.each([
    ['no size', 'g\r\nhello\r\n0\r\n\r\n'],
    ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
    ['a size past all', 'ffffffffffffffffff\r\nhello\r\n0\r\n\r\n'],
    ['more than its size', '3\r\nhello\r\n0\r\n\r\n'],
    ['a size that ends in a line feed alone', '5\nhello\r\n0\r\n\r\n'],
    ['endless words beside the size', `5;${'a'.repeat(50_000)}\r\nhello\r\n0\r\n\r\n`],
  ])('with %s breaks off, and the upstream never takes it for whole', async (_, body) => {
    const { gate, heard, told } = await sent(body)
    expect(told.closed).toBe(true)
    expect(heard()).not.toMatch(/\r\n0\r\n\r\n/)
    await expectWell(gate)
  })

  it('hides no request in itself', async () => {
    const { gate, heard, told } = await sent(`${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`)
    expect(told.status).toBe(200)
    expect(heard()).toContain(`\r\n\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`)
    await expectWell(gate)
  })
})

describe('a body of known length', () => {
  it.each(['hello', LONG])('that is followed by a request is two requests, both seen', async (body) => {
    const { gate, requests } = await logging()
    const first = `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    await tell(gate.port, `${first}${wire('GET /b')}`)
    expect(requests().sort()).toEqual(['GET /b', `POST /a ${body}`])
    expect(gate.records.map(({ path }) => path).sort()).toEqual(['/a', '/b'])
    await expectWell(gate)
  })

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('of a %s is no request of its own', async (method) => {
    const { gate, heard } = await logging()
    const told = await tell(gate.port, wire(`${method} /a`, [`Content-Length: ${HIDDEN.length}`], HIDDEN))
    expect(told.status).toBe(200)
    expect(heard()).toMatch(new RegExp(`content-length: ${HIDDEN.length}\\r\\n`, 'i'))
    await expectWell(gate)
  })
})

describe('CONNECT', () => {
  it.each(['CONNECT evil.example:443', 'CONNECT /a', 'CONNECT 127.0.0.1:22'])(
    'leads nowhere: %s',
    async (line) => {
      const { gate, heard } = await logging()
      const told = await tell(gate.port, wire(line, [], HIDDEN))
      expect([told.closed, [0, 400, 403, 404, 405, 501].includes(told.status)]).toEqual([true, true])
      expect(heard()).toBe('')
      await expectWell(gate)
    },
  )
})

describe('a request over HTTP/2', () => {
  /** What comes of one, and what the upstream has heard of it; 0 where its stream is reset. */
  async function asked(fields: IncomingHttpHeaders, body: string | undefined, answers = true) {
    const { gate, heard, requests } = await logging(answers)
    const { port } = await speaking(createHttp2(toNode(gate.gateway) as never) as never)
    const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {})
    onTestFinished(() => session.destroy())
    const stream = session.request(fields, { endStream: false })
    const status = new Promise<number>((resolve) => {
      stream.on('error', () => resolve(0)).on('close', () => resolve(0))
      stream.on('response', (head) => resolve(Number(head[':status'])))
    })
    if (body !== undefined) stream.write(body)
    if (answers) stream.end()
    return { gate, heard, requests, status: await status }
  }

  const POST = { ':method': 'POST', ':path': '/a' }

  it.each([
    ['more', '3', 'hello'],
    ['less', '40', 'hello'],
    ['much more', '65537', `${LONG}${LONG}`],
    ['much less', '200000', LONG],
    ['another request', '0', HIDDEN],
  ])('that sends %s than its length says is not whole', async (_, length, body) => {
    const { gate, requests, status } = await asked({ ...POST, 'content-length': length }, body)
    expect([0, 400]).toContain(status)
    await pause(50)
    expect(requests().filter((each) => each !== 'POST /a (broken off)')).toEqual([])
    await expectWell(gate)
  })

  it.each(['40', '200000'])('that never sends all of its %s bytes is given up in time', async (length) => {
    const { gate, heard, status } = await asked({ ...POST, 'content-length': length }, 'hello', false)
    expect(status).toBe(504)
    expect(heard()).not.toContain('hidden')
    expect(gate.records.at(-1)?.refusal).toBe('INTEGRATION_TIMEOUT')
  })

  it.each(['a\r\nx-evil: 1', 'a\nx-evil: 1', 'a\rx-evil: 1', 'a\0x-evil: 1'])(
    'has no field that is more than one: %j',
    async (value) => {
      const { gate, heard } = await asked({ ...POST, 'x-a': value }, 'hello')
      expect(heard()).not.toMatch(/[\r\n\0]x-evil/)
      await expectWell(gate)
    },
  )

  it('has no coding of its own', async () => {
    const fields = { ...POST, 'content-length': '5' }
    const { gate, requests } = await asked({ ...fields, 'transfer-encoding': 'chunked' }, 'hello').catch(() =>
      asked(fields, 'hello'),
    )
    expect(requests()).toEqual(['POST /a hello'])
    await expectWell(gate)
  })

  it('has a CONNECT refused', async () => {
    const fields = { ':method': 'CONNECT', ':authority': 'evil.example:443' }
    const { gate, heard, status } = await asked(fields, undefined)
    expect([0, 400, 403, 404, 405]).toContain(status)
    expect(heard()).toBe('')
    await expectWell(gate)
  })
})
