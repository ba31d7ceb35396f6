/** What the app answers goes out as the app gave it, with what the gateway has to add. */
import { expect, it } from 'vitest'
import type { Topic } from '../adapter.js'
import { bytesOf, MB } from '../scenario/endpoints.js'
import { KEYS } from '../scenario/gateway.js'

const ORIGIN = { origin: 'https://acme.test' }
const READABLE = {
  'access-control-allow-origin': 'https://acme.test',
  'access-control-allow-credentials': 'true',
}

export const answers: Topic = ({ kind, caller, can, needs }) => {
  it('of text, bytes, nothing', async () => {
    expect((await caller().ask('GET /text')).text).toBe('Rex ä😀')
    expect([...(await caller().ask('GET /bytes')).body]).toEqual([0, 1, 2, 255])
    expect(await caller().ask('GET /empty')).toMatchObject({ status: 200, text: '' })
    expect(await caller().ask('GET /no-content')).toMatchObject({ status: 204, text: '' })
  })

  it('of five megabytes', async () => {
    const { body, id } = await caller().ask('GET /large')
    expect(body.equals(bytesOf(5 * MB))).toBe(true)
    expect(await caller().record(id)).toMatchObject({ status: 200, end: 'answered' })
  })

  it('to a HEAD, without the body', async () => {
    const got = await caller().ask('HEAD /text')
    expect([got.status, got.text]).toEqual([200, ''])
    expect(got.headers['content-type']).toMatch(/^text\/plain/)
    expect(await caller().record(got.id)).toMatchObject({
      method: 'HEAD',
      route: 'GET /text',
      end: 'answered',
    })
  })

  it('with a status, and headers of its own', async () => {
    const { status, headers, json } = await caller().ask('GET /teapot')
    expect([status, headers['x-stout'], json]).toEqual([418, 'yes', { short: true }])
  })

  it('with several cookies', async () => {
    const { headers } = await caller().ask('GET /cookies')
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; HttpOnly'])
  })

  it('with a redirect, which is not followed here', async () => {
    const { status, headers } = await caller().ask('GET /moved')
    expect([status, headers.location]).toEqual([302, '/elsewhere'])
  })

  it('with 304 to who has it already', async () => {
    const first = await caller().ask('GET /versioned')
    expect([first.status, first.text, first.headers.etag]).toEqual([200, 'version 1', '"v1"'])
    const second = await caller().ask('GET /versioned', { headers: { 'if-none-match': '"v1"' } })
    expect([second.status, second.text, second.headers.etag]).toEqual([304, '', '"v1"'])
    expect(await caller().record(second.id)).toMatchObject({ status: 304, end: 'answered' })
  })

  it('readable to scripts of origins that are allowed, and of no others', async () => {
    const allowed = await caller().ask('GET /cross', { headers: ORIGIN })
    expect(allowed.headers).toMatchObject(READABLE)
    expect(allowed.headers['access-control-expose-headers']).toMatch(/, x-own$/)
    expect(allowed.headers.vary).toMatch(/\bOrigin\b/)
    const other = await caller().ask('GET /cross', { headers: { origin: 'https://evil.test' } })
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
    expect(other.headers.vary).toMatch(/\bOrigin\b/)
    const refused = await caller().ask('PUT /cross', { headers: ORIGIN })
    expect(refused.status).toBe(403)
    expect(refused.headers).toMatchObject(READABLE)
    expect((await caller().ask('PUT /cross', { headers: ORIGIN, key: KEYS.plain })).headers).toMatchObject(
      READABLE,
    )
  })

  const own = kind === 'routes' ? 'own-route-errors' : 'own-errors'
  for (const line of ['GET /throws', 'GET /rejects']) {
    const asked = async () => {
      const got = await caller().ask(line, { headers: ORIGIN })
      expect(got.status).toBe(500)
      expect(got.headers).toMatchObject({ ...READABLE, 'x-amzn-requestid': got.id })
      return { got, record: await caller().record(got.id) }
    }

    needs(own, `to ${line}, the framework’s, with what the gateway adds`, async () => {
      const { got, record } = await asked()
      expect(got.headers['x-amzn-errortype']).toBeUndefined()
      expect(record).toMatchObject({ end: 'answered', refusal: null, error: null, route: line })
    })

    if (can(own)) continue
    it(`to ${line}, the gateway’s`, async () => {
      const { got, record } = await asked()
      expect(got.json).toEqual({ message: 'Internal server error' })
      const error = `Error: ${line === 'GET /throws' ? 'thrown' : 'rejected'} by the app`
      expect(record).toMatchObject({ status: 500, end: 'crashed', error, route: line })
    })
  }

  if (kind === 'routes') return

  it('of the gateway’s own handlers, with several cookies', async () => {
    const { status, text, headers } = await caller().ask('GET /made')
    expect([status, text, headers['set-cookie']]).toEqual([201, 'made in prod', ['a=1', 'b=2']])
  })

  it('to a preflight, which the app never sees', async () => {
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-api-key' }
    const { status, headers, id } = await caller().ask('OPTIONS /cross', { headers: { ...ORIGIN, ...asked } })
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      ...READABLE,
      'access-control-allow-methods': 'GET, HEAD, PUT',
      'access-control-allow-headers': 'x-api-key',
      'access-control-max-age': '600',
    })
    expect(await caller().record(id)).toMatchObject({ route: 'PUT /cross', status: 204, end: 'answered' })
  })
}
