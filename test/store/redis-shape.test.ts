/**
 * Proof that the counters' contract fits Redis in one round trip a take: one Lua script, and a client of a
 * few lines. Not a store yet: that one goes by the server's time and lets keys expire.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayOf, isoDay, parseDay, periodOf } from '../../src/store/calendar.js'
import type { Counter, Counters, DayUsage, Limit, QuotaLimit, Taken } from '../../src/store/contract.js'
import { boundedSubject } from '../../src/store/subject.js'
import { countersContract } from '../contract/counters.js'
import { Client } from './resp.js'

/** A quota is a hash of its days: `u…` used, `c…` corrected. What is used of a period is their sum. */
const USED = `
local function used(key, first, next)
  local fields, sum = {}, 0
  for day = first, next - 1 do fields[#fields + 1] = 'u' .. day; fields[#fields + 1] = 'c' .. day end
  for _, value in ipairs(redis.call('HMGET', key, unpack(fields))) do sum = sum + (tonumber(value or 0)) end
  return sum
end`

/** KEYS: the clock, then each counter. ARGV: now, then six for each counter. */
const TAKE = `${USED}
local ONE, TOLERANCE = 1 - 1e-9, 1e-9
local now, count = tonumber(ARGV[1]), #KEYS - 1
local clock = redis.call('HMGET', KEYS[1], 'now', 'elapsed')
local last, elapsed = tonumber(clock[1] or now), tonumber(clock[2] or 0)
if now > last then elapsed = elapsed + now - last end
redis.call('HSET', KEYS[1], 'now', ARGV[1], 'elapsed', string.format('%.17g', elapsed))

local asked, refusedBy, wait, observed = {}, -1, 0, {}
for i = 1, count do
  local at = 6 * i - 4
  local c = { key = KEYS[i + 1], isBucket = ARGV[at] == 'bucket', observe = ARGV[at + 1] == 'true' }
  local a, b, first, next = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  if c.isBucket then
    local state = redis.call('HMGET', c.key, 'tokens', 'at')
    local tokens, written = tonumber(state[1] or b), tonumber(state[2] or elapsed)
    c.available = math.min(b, tokens + (elapsed - written) * a / 1000)
    c.untilFull = function(missing)
      if a == 0 then return math.huge end
      return math.ceil((missing - TOLERANCE / 2) * 1000 / a)
    end
    c.wait = b < ONE and math.huge or c.untilFull(1 - c.available)
    c.reset = function() return b - c.available <= TOLERANCE and 0 or c.untilFull(b - c.available) end
  else
    c.available, c.day = a - used(c.key, first, next), b
    c.reset = function() return math.ceil(next * 86400000 - now) end
    c.wait = a < 1 and math.huge or c.reset()
  end
  asked[i] = c
  if c.available < ONE and c.observe then
    observed[#observed + 1] = i - 1
  elseif c.available < ONE then
    if refusedBy < 0 then refusedBy = i - 1 end
    wait = math.max(wait, c.wait)
  end
end

local reply = { tostring(refusedBy), string.format('%.17g', wait), table.concat(observed, ',') }
for _, c in ipairs(asked) do
  if refusedBy < 0 and (c.available >= ONE or not c.isBucket) then
    c.available = c.available - 1
    if c.isBucket then
      redis.call('HSET', c.key, 'tokens', string.format('%.17g', c.available), 'at', string.format('%.17g', elapsed))
    else
      redis.call('HINCRBY', c.key, 'u' .. c.day, 1)
    end
  end
  reply[#reply + 1] = string.format('%.17g', math.max(0, math.floor(c.available + TOLERANCE)))
  reply[#reply + 1] = string.format('%.17g', c.reset())
end
return reply`

/** KEYS: the quota. ARGV: what shall be used, today, the period's first day and the next period's. */
const SET_USED = `${USED}
local correction = tonumber(ARGV[1]) - used(KEYS[1], tonumber(ARGV[3]), tonumber(ARGV[4]))
return redis.call('HINCRBYFLOAT', KEYS[1], 'c' .. ARGV[2], string.format('%.17g', correction))`

class RedisCounters implements Counters {
  constructor(
    readonly client: Client,
    readonly api: string,
    readonly scripts: { readonly take: string; readonly setUsed: string },
  ) {}

  static async open(client: Client, api: string): Promise<RedisCounters> {
    const load = async (script: string) => (await client.send('SCRIPT', 'LOAD', script)).join('')
    return new RedisCounters(client, api, { take: await load(TAKE), setUsed: await load(SET_USED) })
  }

  counter(name: string, subject: string, limit: Limit): Counter {
    return { name, subject: boundedSubject(subject), limit }
  }

  async take(counters: readonly Counter[], now: number): Promise<Taken> {
    // One hash tag for an API: on a cluster, all of a take's keys are in one slot.
    const keys = [`{${this.api}}`, ...counters.map((counter) => this.#key(counter))]
    const words = counters.flatMap(({ limit }) => [
      limit.kind,
      String(limit.observe === true),
      ...numbers(limit, now),
    ])
    const reply = await this.client.send('EVALSHA', this.scripts.take, keys.length, ...keys, now, ...words)
    const [refusedBy = '', wait = '', observed = '', ...rest] = reply
    return {
      refusedBy: Number(refusedBy),
      wait: number(wait),
      remaining: rest.filter((_, index) => index % 2 === 0).map(number),
      reset: rest.filter((_, index) => index % 2 === 1).map(number),
      observed: observed === '' ? [] : observed.split(',').map(Number),
    }
  }

  async usage(counter: Counter, from: string, to: string): Promise<DayUsage[]> {
    const limit = quotaOf(counter)
    const fields = await this.client.send('HGETALL', this.#key(counter))
    const days = new Map<number, { used: number; corrected: number }>()
    for (let at = 0; at < fields.length; at += 2) {
      const [field = '', value] = fields.slice(at)
      const day = days.get(Number(field.slice(1))) ?? { used: 0, corrected: 0 }
      days.set(Number(field.slice(1)), day)
      day[field[0] === 'u' ? 'used' : 'corrected'] = Number(value)
    }
    const sorted = [...days].sort(([one], [other]) => one - other)
    return sorted.flatMap(([day, { used }]) => {
      if (used === 0 || day < parseDay(from) || day > parseDay(to)) return []
      const { first } = periodOf(day, limit.period, limit.offset)
      const until = sorted.filter(([other]) => other >= first && other <= day)
      const sum = until.reduce((all, [, each]) => all + each.used + each.corrected, 0)
      return { day: isoDay(day), used, remaining: Math.max(0, limit.limit - sum) }
    })
  }

  async setRemaining(counter: Counter, remaining: number, now: number): Promise<void> {
    const limit = quotaOf(counter)
    if (limit.limit === Number.POSITIVE_INFINITY) return
    const [, ...span] = numbers(limit, now)
    await this.client.send(
      'EVALSHA',
      this.scripts.setUsed,
      1,
      this.#key(counter),
      limit.limit - remaining,
      ...span,
    )
  }

  async forget(counter: Counter): Promise<void> {
    await this.client.send('DEL', this.#key(counter))
  }

  #key({ name, subject, limit }: Counter): string {
    return `{${this.api}}:${limit.kind}:${JSON.stringify([name, subject])}`
  }
}

function numbers(limit: Limit, now: number): [number, number, number, number] {
  if (limit.kind === 'bucket') return [limit.rate, limit.burst, 0, 0]
  const { first, next } = periodOf(dayOf(now), limit.period, limit.offset)
  return [limit.limit, dayOf(now), first, next]
}

function number(text: string): number {
  return text === 'inf' ? Number.POSITIVE_INFINITY : Number(text)
}

function quotaOf({ limit }: Counter): QuotaLimit {
  if (limit.kind === 'quota') return limit
  throw new TypeError('no quota')
}

const isInstalled = spawnSync('redis-server', ['--version']).error === undefined
if (!isInstalled) console.warn('SKIPPED: Redis’s counters; redis-server is not installed')

it.runIf(process.env.CI === 'true')('has a redis-server to test against in CI', () => {
  expect(isInstalled).toBe(true)
})

describe.runIf(isInstalled)('on a real Redis', () => {
  // A socket in a directory of its own: no port that another could take first.
  const directory = mkdtempSync(join(tmpdir(), 'postern-redis-'))
  const path = join(directory, 'socket')
  let server: ChildProcess
  let client: Client
  let apis = 0

  beforeAll(async () => {
    server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', directory], {
      stdio: 'ignore',
    })
    client = new Client(await reach(path))
  })
  afterAll(() => {
    client?.socket.destroy()
    server?.kill()
    rmSync(directory, { recursive: true, force: true })
  })

  countersContract('Redis', () => RedisCounters.open(client, `api${++apis}`))

  it('a take is one round trip, however much it asks for', async () => {
    const counters = await RedisCounters.open(client, 'one trip')
    const quota = counters.counter('q', 'k', { kind: 'quota', limit: 9, period: 'month', offset: 0 })
    const buckets = [1, 2, 3, 4].map((burst) =>
      counters.counter(`b${burst}`, 'k', { kind: 'bucket', rate: 1, burst }),
    )
    const before = client.sent
    expect(await counters.take([...buckets, quota], 1e12)).toMatchObject({
      refusedBy: -1,
      remaining: [0, 1, 2, 3, 8],
    })
    expect(client.sent).toBe(before + 1)
  })
})

async function reach(path: string): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    try {
      const socket = connect(path)
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
      return socket
    } catch (error) {
      if (attempt === 100) throw error
      await sleep(50)
    }
  }
}
