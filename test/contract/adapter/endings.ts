/** How exchanges end that do not end well: each in one record that says so. */
import { expect, it, vi } from 'vitest'
import { pause } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import type { Begun, Caller } from '../caller.js'
import { bytesOf } from '../scenario/endpoints.js'
import { BODY_LIMIT } from '../scenario/gateway.js'

const UP = { 'content-type': 'application/x-stream' }

function begin(caller: Caller, path: string): Begun {
  const begun = caller.begin(`GET ${caller.at(path)}`)
  begun.request.end()
  return begun
}

/** Reads all there is, and says whether it was cut off. */
async function ending({ answered }: Begun): Promise<{ status: number; text: string; whole: boolean }> {
  const answer = await answered
  let text = ''
  try {
    for await (const chunk of answer) text += String(chunk)
  } catch {}
  return { status: answer.statusCode ?? 0, text, whole: answer.complete }
}

export const endings: Topic = ({ kind, caller, needs }) => {
  it('a caller who leaves while the app thinks has no answer', async () => {
    const { id, request } = begin(caller(), '/waits?gate=abandoned')
    const path = '/waits'
    await vi.waitFor(async () => expect(await caller().calls(path)).toBeGreaterThan(0))
    request.destroy()
    expect(await caller().record(id)).toMatchObject({
      status: 0,
      end: 'aborted',
      refusal: null,
      route: 'GET /waits',
    })
    await caller().open('abandoned')
  })

  needs('seen-abort', 'the app learns of that', async () => {
    const before = await caller().calls('/waits')
    const { id, request } = begin(caller(), '/waits?gate=never')
    await vi.waitFor(async () => expect(await caller().calls('/waits')).toBe(before + 1))
    request.destroy()
    await caller().noted(id, 'left')
  })

  it('a caller who leaves in the middle of the answer has a part of it', async () => {
    const begun = begin(caller(), '/much?pieces=500')
    const answer = await begun.answered
    await new Promise((resolve) => answer.once('data', resolve))
    answer.destroy()
    expect(await caller().record(begun.id)).toMatchObject({ status: 200, end: 'aborted', refusal: null })
    await caller().noted(begun.id, 'over')
    expect(await caller().calls(`pieces of ${begun.id}`)).toBeLessThan(500)
  })

  for (const how of ['by length', 'in chunks']) {
    needs('streams-up', `a caller who leaves in the middle of a body, sent ${how}`, async () => {
      const headers = how === 'by length' ? { ...UP, 'content-length': '1000' } : UP
      const { id, request } = caller().begin(`POST ${caller().at('/upload')}`, { headers })
      request.write('a part')
      await caller().noted(id, 'begun')
      request.destroy()
      expect(await caller().record(id)).toMatchObject({ end: 'aborted', route: 'POST /upload' })
      await caller().noted(id, 'broken off')
    })
  }

  it('a caller who leaves while the gateway reads its body never gets to the app', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000' }
    const { id, request } = caller().begin(`POST ${caller().at('/pets')}`, { headers })
    request.write('{"name":')
    await pause(50)
    request.destroy()
    expect(await caller().record(id)).toMatchObject({ status: 0, end: 'aborted', route: 'POST /pets' })
  })

  it('an answer that breaks off breaks off', async () => {
    const begun = begin(caller(), '/breaks')
    expect(await ending(begun)).toEqual({ status: 200, text: 'begun', whole: false })
    expect(await caller().record(begun.id)).toMatchObject({
      status: 200,
      end: 'aborted',
      route: 'GET /breaks',
    })
  })

  needs('late-answer', 'an app that answers after the gateway has is heard by nobody', async () => {
    const gate = `late-${kind}`
    const { status, json, id, headers } = await caller().ask(`GET /never?gate=${gate}`)
    expect([status, json]).toEqual([504, { message: 'Endpoint request timed out' }])
    expect(headers['x-late']).toBeUndefined()
    await caller().open(gate)
    await caller().noted(id, 'answered late')
    expect(await caller().record(id)).toMatchObject({
      status: 504,
      end: 'refused',
      refusal: 'INTEGRATION_TIMEOUT',
    })
    expect((await caller().ask('GET /text')).status).toBe(200)
  })

  needs('cut-upload', 'a body that is larger than was to be known is cut off', async () => {
    const { id, request, answered } = caller().begin(`POST ${caller().at('/upload')}`, { headers: UP })
    request.write(bytesOf(1000))
    await caller().noted(id, 'begun')
    const piece = bytesOf(65_536)
    for (let sent = 0; sent <= BODY_LIMIT; sent += piece.length) request.write(piece)
    const { status, text } = await ending({ id, request, answered })
    request.destroy()
    expect([status, text]).toEqual([413, '{"message":"Request Too Long"}'])
    expect(await caller().record(id)).toMatchObject({
      status: 413,
      end: 'refused',
      refusal: 'REQUEST_TOO_LARGE',
    })
    await caller().noted(id, 'broken off')
    expect(await caller().notes(id)).not.toContain('whole')
  })

  it('it never reaches the app whole, whoever has it meanwhile', async () => {
    const { id, request, answered } = caller().begin(`POST ${caller().at('/upload')}`, { headers: UP })
    answered.catch(() => {})
    const piece = bytesOf(65_536)
    for (let sent = 0; sent <= BODY_LIMIT; sent += piece.length) request.write(piece)
    request.end()
    expect(await caller().record(id)).toMatchObject({ refusal: 'REQUEST_TOO_LARGE', route: 'POST /upload' })
    expect(await caller().notes(id)).not.toContain('whole')
  })

  needs('both-ways', 'what the gateway reads and is too large is cut off', async () => {
    const headers = { 'content-type': 'application/json' }
    const begun = caller().begin(`POST ${caller().at('/pets')}`, { headers })
    const piece = bytesOf(65_536)
    for (let sent = 0; sent <= BODY_LIMIT; sent += piece.length) begun.request.write(piece)
    const { status, text } = await ending(begun)
    begun.request.destroy()
    expect([status, text]).toEqual([413, '{"message":"Request Too Long"}'])
    expect(await caller().record(begun.id)).toMatchObject({ status: 413, refusal: 'REQUEST_TOO_LARGE' })
  })
}
