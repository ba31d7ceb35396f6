/**
 * What every adapter passes: one gateway over one app, said in each framework's own way, asked over sockets alone, so
 * that it may as well run in a process of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answers } from './adapter/answers.js'
import { bodies } from './adapter/bodies.js'
import { bypasses } from './adapter/bypasses.js'
import { caching } from './adapter/caching.js'
import { connections } from './adapter/connections.js'
import { endings } from './adapter/endings.js'
import { exchanges } from './adapter/exchanges.js'
import { freshness } from './adapter/freshness.js'
import { http2 } from './adapter/http2.js'
import { limits } from './adapter/limits.js'
import { streams } from './adapter/streams.js'
import { targets } from './adapter/targets.js'
import { Caller } from './caller.js'
import type { Capability, Host } from './host.js'
import type { Kind } from './scenario/gateway.js'

/** A topic of the contract: registers its tests. */
export type Topic = (suite: Suite) => void

export interface Suite {
  readonly host: Host
  readonly kind: Kind
  /** In tests alone: the server is started before them. */
  caller(): Caller
  /** Whether the host says that it can. */
  can(capability: Capability): boolean
  /** A test of what not every host can do. One that says it cannot has to fail it. */
  needs(capability: Capability, title: string, test: () => unknown): void
}

declare module 'vitest' {
  interface TaskMeta {
    contract?: { readonly host: string; readonly capability: Capability; readonly lacks?: string }
  }
}

const TOPICS: readonly (readonly [title: string, topic: Topic])[] = [
  ['in its answers and records', exchanges],
  ['of limits', limits],
  ['of targets', targets],
  ['of bodies', bodies],
  ['of answers', answers],
  ['of streams', streams],
  ['of endings', endings],
  ['of connections', connections],
  ['of caches', caching],
  ['of what is kept and may be out of date', freshness],
  ['of HTTP/2', http2],
]

export function adapterContract(host: Host): void {
  describe(`${host.name} keeps the contract`, () => {
    describe('mounted', () => mounted(host))
    describe('on single routes', () => single(host))
  })
}

function mounted(host: Host): void {
  if (host.lacks.mounted !== undefined) {
    return needs(host, 'mounted', 'stands before an app', async () => (await host.serve('mounted')).stop())
  }
  describe('with stages', () => {
    const suite = serving(host, 'mounted')
    standing(suite, 'mounted')
    for (const [title, topic] of TOPICS) describe(title, () => topic(suite))
    wholeRecords(suite)
  })
  describe('with all else open', () => bypasses(serving(host, 'open')))
}

function single(host: Host): void {
  if (host.lacks['per-route'] !== undefined) {
    return needs(host, 'per-route', 'stands before one', async () => (await host.serve('routes')).stop())
  }
  const suite = serving(host, 'routes')
  standing(suite, 'per-route')
  for (const [title, topic] of TOPICS) describe(title, () => topic(suite))
  wholeRecords(suite)
  describe('with all else open', () => bypasses(suite))
}

function standing({ needs, caller }: Suite, capability: Capability): void {
  needs(capability, 'admits and refuses', async () => {
    const statuses = [(await caller().ask('GET /text')).status, (await caller().ask('GET /locked')).status]
    expect(statuses).toEqual([200, 403])
  })
}

function wholeRecords({ caller }: Suite): void {
  it('has made one record of each request', async () => {
    expect(await caller().unrecorded()).toEqual([])
  })
}

function serving(host: Host, kind: Kind): Suite {
  let caller: Caller | undefined
  beforeAll(async () => {
    caller = new Caller(await host.serve(kind), kind)
  })
  afterAll(async () => {
    caller?.close()
    await caller?.running.stop()
  })
  return {
    host,
    kind,
    caller: () => {
      if (caller === undefined) throw new Error('no server yet')
      return caller
    },
    can: (capability) => host.lacks[capability] === undefined,
    needs: (capability, title, test) =>
      needs(host, capability, title, async () => {
        const before = new Set(caller?.ids)
        try {
          await (host.lacks[capability] === undefined ? test() : soon(test))
        } catch (error) {
          // What cannot be done need not be recorded either.
          for (const id of caller?.ids ?? []) if (!before.has(id)) caller?.ids.delete(id)
          throw error
        }
      }),
  }
}

/** What cannot be done may hang for good. */
async function soon(test: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came of it within ${PATIENCE} ms`)), PATIENCE)
  })
  await Promise.race([test(), late]).finally(() => clearTimeout(timer))
}

/** ms */
const PATIENCE = 2000

function needs(host: Host, capability: Capability, title: string, test: () => unknown): void {
  const lacks = host.lacks[capability]
  const run = lacks === undefined ? it : it.fails
  run(lacks === undefined ? title : `${title}: not here, as ${lacks}`, async ({ task }) => {
    task.meta.contract = { host: host.name, capability, ...(lacks === undefined ? {} : { lacks }) }
    await test()
  })
}
