/** Streams: nothing is gathered on its way, neither up nor down. */
import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { pause } from '../../sockets.js'
import type { Topic } from '../adapter.js'

const UP = { 'content-type': 'application/x-stream' }

/** Reads an answer piece by piece, as it comes. */
function reader(answer: IncomingMessage): (count: number) => Promise<string> {
  const pieces = answer.setEncoding('utf8')[Symbol.asyncIterator]()
  let text = ''
  return async (count) => {
    while (text.length < count) {
      const { value, done } = await pieces.next()
      if (done) break
      text += value
    }
    const read = text.slice(0, count)
    text = text.slice(count)
    return read
  }
}

export const streams: Topic = ({ caller, needs }) => {
  it.each([
    ['GET /pieces', 'text/plain', ['one ', 'two ', 'three']],
    ['GET /events', 'text/event-stream', ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']],
  ])('%s: each piece is there before the next one is made', async (line, type, pieces) => {
    const gate = caller().id()
    caller().ids.delete(gate)
    const [method, path] = line.split(' ')
    const { id, request, answered } = caller().begin(`${method} ${caller().at(path ?? '')}?gate=${gate}`)
    request.end()
    const answer = await answered
    expect(answer.headers['content-type']).toContain(type)
    expect(answer.headers['content-length']).toBeUndefined()
    const read = reader(answer)
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) await caller().open(`${gate}-${at}`)
      expect(await read(piece.length)).toBe(piece)
    }
    expect(await read(1)).toBe('')
    expect(await caller().record(id)).toMatchObject({ status: 200, end: 'answered' })
    expect(await caller().notes(id)).toEqual(['whole', 'over'])
  })

  it('an answer goes at its reader’s pace', async () => {
    const { id, request, answered } = caller().begin(`GET ${caller().at('/much?pieces=500')}`)
    request.end()
    const answer = await answered
    answer.pause()
    await pause(150)
    expect(await caller().calls(`pieces of ${id}`)).toBeLessThan(400)
    let bytes = 0
    for await (const chunk of answer) bytes += (chunk as Buffer).length
    expect(bytes).toBe(500 * 65_536)
    expect(await caller().record(id)).toMatchObject({ status: 200, end: 'answered' })
  })

  needs('streams-up', 'a body reaches the app while it still comes', async () => {
    const { id, request, answered } = caller().begin(`POST ${caller().at('/upload')}`, { headers: UP })
    request.write('first')
    await caller().noted(id, 'begun')
    request.end('second')
    const answer = await answered
    expect(await reader(answer)(100)).toBe('{"size":11}')
    expect(await caller().record(id)).toMatchObject({ status: 200, end: 'answered', bytesIn: 11 })
  })

  needs('both-ways', 'an answer flows while its request does', async () => {
    const { id, request, answered } = caller().begin(`POST ${caller().at('/loud')}`, { headers: UP })
    request.write('one ')
    const read = reader(await answered)
    expect(await read(4)).toBe('ONE ')
    request.write('two ')
    expect(await read(4)).toBe('TWO ')
    request.end()
    expect(await read(1)).toBe('')
    expect(await caller().record(id)).toMatchObject({ status: 200, end: 'answered', bytesIn: 8 })
  })
}
