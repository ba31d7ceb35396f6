import { afterAll, beforeAll, vi } from 'vitest'
import { adapterContract } from '../contract/adapter.js'
import { honoHost } from '../contract/hosts/hono.js'

// Its server for Node prints answers that break off.
beforeAll(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterAll(() => vi.restoreAllMocks())

adapterContract(honoHost)
