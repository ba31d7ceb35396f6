/** `examples/next`, built and started: its page, and its API. */
import { cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type NextProject, Running } from './running.js'

const EXAMPLE = fileURLToPath(new URL('../../examples/next', import.meta.url))

export function nextExample(project: NextProject): void {
  describe('the example in Next', () => {
    let running: Running

    beforeAll(async () => {
      const folder = await project.app('example', (folder) =>
        cp(EXAMPLE, folder, { recursive: true, filter: (path) => !path.endsWith('package.json') }),
      )
      running = await Running.start(folder, 'start')
      // Next answers before what `register` loads is there, where the machine is slow: 503, with Retry-After.
      await vi.waitUntil(async () => (await running.ask('GET /')).status !== 503, { timeout: 10_000 })
    })

    afterAll(() => running?.[Symbol.asyncDispose]())

    it('has a page, which says what the gateway knows', async () => {
      const { status, text, headers } = await running.ask('GET /')
      expect([status, /Rex/.test(text), /GET \//.test(text)]).toEqual([200, true, true])
      expect(text).toContain(String(headers['x-amzn-requestid']))
      expect((await running.ask('GET /nowhere')).status).toBe(404)
    })

    it('has an API, which asks for a key', async () => {
      const json = { 'content-type': 'application/json' }
      const body = '{"name":"Kit"}'
      expect((await running.ask('GET /api/pets/1')).json()).toEqual({ id: '1', name: 'Rex' })
      expect((await running.ask('GET /api/pets/1')).headers['cache-status']).toMatch(/hit/)
      expect((await running.ask('POST /api/pets', { headers: json, body })).status).toBe(403)
      const headers = { ...json, 'x-api-key': 'demo-key-of-the-pet-store' }
      const sold = await running.ask('POST /api/pets', { headers, body })
      expect([sold.status, sold.json()]).toEqual([201, { id: '3', name: 'Kit', soldBy: 'acme' }])
      expect((await running.ask('GET /')).text).toContain('Kit')
      expect((await running.ask('POST /api/pets', { headers, body: '{}' })).status).toBe(400)
    })
  })
}
