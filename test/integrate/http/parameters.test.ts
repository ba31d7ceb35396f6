/** Parameters of a request that is passed on as it is otherwise. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { http } from '../../../src/http.js'
import { type Echoed, echo, through, upstream } from './support.js'

/** A gateway that maps these parameters, and what its upstream was sent. */
async function mapping(parameters: Readonly<Record<string, string>>) {
  const { url } = await upstream(echo)
  const gate = await through(http(`${url}/{id}`, { request: { parameters } }), {}, 'ANY /{id}')
  const sent = async (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const asked = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }
    const answered = await fetch(`${gate.url}/x`, asked)
    return { status: answered.status, ...((await answered.json()) as Partial<Echoed>) }
  }
  return { gate, sent }
}

describe('parameters of the body', () => {
  const user = { 'integration.request.header.x-user': 'method.request.body.user' }

  it('are read of a compressed one, which is passed on as it came', async () => {
    const { sent } = await mapping(user)
    const body = gzipSync('{"user":"ann"}')
    const { headers, body: passed } = await sent(body, { 'content-encoding': 'gzip' })
    expect(headers).toMatchObject({ 'x-user': 'ann', 'content-encoding': 'gzip' })
    expect(passed).toBe(body.toString('latin1'))
  })

  it('are of no body that cannot be read', async () => {
    const { gate, sent } = await mapping(user)
    expect((await sent('{"user":"ann"}', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await sent('{"user":"ann"}', { 'content-encoding': 'odd' })).status).toBe(415)
    expect(gate.errors).toEqual([])
  })

  it('may be halves of characters, which no URL can hold', async () => {
    const body = '{"user":"a\\ud800b"}'
    const query = await mapping({ 'integration.request.querystring.q': 'method.request.body.user' })
    expect((await query.sent(body)).url).toBe('/x?q=a%EF%BF%BDb')
    const path = await mapping({ 'integration.request.path.id': 'method.request.body.user' })
    expect((await path.sent(body)).url).toBe('/a%EF%BF%BDb')
  })
})
