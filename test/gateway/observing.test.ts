import { createGateway, route, type StandardSchema } from 'postern'
import { send } from 'postern/testing'
import { describe, expect, it } from 'vitest'

describe('a policy that observes', () => {
  const failing = (validate: () => never | Promise<never>): StandardSchema => ({
    '~standard': { version: 1, vendor: 'test', validate },
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('lets a request pass whose schema %s, and reports it', async (_what, validate) => {
    const errors: unknown[] = []
    const observed: unknown[] = []
    const gateway = createGateway({
      routes: [route('POST /a', { body: failing(validate), mode: 'observe' })],
      onError: (error) => errors.push(error),
      onRecord: (record) => observed.push(...record.observed),
    })
    expect((await send(gateway, 'POST /a', { json: {} })).status).toBe(200)
    expect(errors).toEqual([new Error('broken')])
    expect(observed).toEqual(['API_CONFIGURATION_ERROR'])
  })

  it('has bounds all the same', async () => {
    const gateway = createGateway({
      routes: [route('POST /a', { body: failing(() => Promise.reject(new Error('no'))), mode: 'observe' })],
      limits: { body: 10 },
      onError: () => {},
    })
    expect((await send(gateway, 'POST /a', { json: 'longer than ten bytes' })).status).toBe(413)
  })
})
