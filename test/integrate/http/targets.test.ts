/** Which target is called, how often, and when it is left alone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/http.js'
import { createGateway, route } from '../../../src/index.js'
import { lookupPrivate } from '../../../src/integrate/http/lookup.js'
import { isPrivate } from '../../../src/integrate/http/private.js'
import { send } from '../../../src/testing.js'
import { pause, type Served } from '../../sockets.js'
import { through, until, upstream } from './support.js'

interface Peer extends Served {
  /** What it answers: a status, or nothing but a broken connection. */
  answer: number | 'reset'
  calls: number
  probes: number
}

/** An upstream that answers with its name. */
async function peer(name: string): Promise<Peer> {
  const state = { answer: 200 as Peer['answer'], calls: 0, probes: 0 }
  const served = await upstream((req, res) => {
    if (req.headers['user-agent'] === 'postern-health') state.probes++
    else state.calls++
    if (state.answer === 'reset') req.socket.destroy()
    else res.writeHead(state.answer).end(name)
  })
  return Object.assign(state, served)
}

async function said(gate: { url: string }, times: number): Promise<string> {
  let text = ''
  for (let call = 0; call < times; call++) text += await (await fetch(`${gate.url}/x`)).text()
  return text
}

describe('several upstreams', () => {
  it('are called by turns and by their weights, spread evenly', async () => {
    const [a, b, c] = [await peer('a'), await peer('b'), await peer('c')]
    const urls = [{ url: `${a.url}/{proxy}`, weight: 3 }, { url: b.url }, { url: c.url, weight: 0 }]
    const gate = await through(http(urls))
    expect(await said(gate, 8)).toBe('aabaaaba')
    expect(c.calls).toBe(0)
  })

  it('stand in for one that is not there', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    a.answer = 'reset'
    const gate = await through(http([`${a.url}/{proxy}`, b.url]))
    expect(await said(gate, 4)).toBe('bbbb')
    expect(a.calls).toBe(2)
  })

  it('are called less where one answers worse than the others, for a while', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    const gate = await through(
      http([`${a.url}/{proxy}`, b.url], { outliers: { failures: 2, ejection: '30s' } }),
    )
    a.answer = 500
    expect(await said(gate, 8)).toBe('ababbbbb')
    gate.clock.advance('30s')
    // Once it is back it has one try, and is passed over for twice the time.
    expect(await said(gate, 4)).toMatch(/^b?abb/)
    gate.clock.advance('30s')
    expect(await said(gate, 3)).toBe('bbb')
    a.answer = 200
    gate.clock.advance('30s')
    const back = await said(gate, 6)
    expect([...back].filter((name) => name === 'a')).toHaveLength(3)
  })

  it('are never all passed over', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    const gate = await through(http([`${a.url}/{proxy}`, b.url], { outliers: { failures: 1 } }))
    a.answer = 503
    b.answer = 503
    expect(await said(gate, 6)).toMatch(/^[ab]{6}$/)
    expect(a.calls + b.calls).toBe(6)
  })
})

describe('health checks', () => {
  it('take a target out and put it back', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    a.answer = 503
    const health = { path: '/health', interval: 100, unhealthy: 2, healthy: 1, timeout: 50 }
    const gate = await through(http([`${a.url}/{proxy}`, b.url], { health, outliers: false }))
    await until(() => a.probes >= 2, 'checks')
    await pause(30)
    expect(await said(gate, 4)).toBe('bbbb')
    a.answer = 200
    const before = a.probes
    await until(() => a.probes > before, 'another check')
    await pause(30)
    expect(await said(gate, 4)).toMatch(/^(ab){2}|(ba){2}$/)
  })

  it('know a target that takes connections and never answers', async () => {
    const silent = await upstream(() => {})
    const b = await peer('b')
    const health = { path: '/', interval: 100, unhealthy: 1, timeout: 30 }
    const gate = await through(http([`${silent.url}/{proxy}`, b.url], { health }))
    await pause(120)
    expect(await said(gate, 3)).toBe('bbb')
  })

  it('do not make a target unreachable that is the only one', async () => {
    const a = await peer('a')
    a.answer = 503
    const health = { path: '/', interval: 100, unhealthy: 1 }
    const gate = await through(http(`${a.url}/{proxy}`, { health }))
    await until(() => a.probes > 0)
    await pause(20)
    expect(await said(gate, 1)).toBe('a')
  })

  it('end with the gateway', async () => {
    const a = await peer('a')
    const { gateway } = await through(http(`${a.url}/{proxy}`, { health: { path: '/', interval: 100 } }))
    await until(() => a.probes > 0)
    await gateway.close()
    const before = a.probes
    await pause(250)
    expect(a.probes).toBe(before)
  })
})

describe('retries', () => {
  it('are made of calls that were answered with a status that is named', async () => {
    const a = await peer('a')
    a.answer = 503
    const gate = await through(
      http(`${a.url}/{proxy}`, { retries: { attempts: 3, backoff: 1, statuses: [503] } }),
    )
    expect((await fetch(`${gate.url}/x`)).status).toBe(503)
    expect(a.calls).toBe(4)
    expect((await fetch(`${gate.url}/x`, { method: 'POST' })).status).toBe(503)
    expect(a.calls).toBe(5)
  })

  it('wait longer each time, a random part of it', async () => {
    const a = await peer('a')
    a.answer = 'reset'
    const gate = await through(http(`${a.url}/{proxy}`, { retries: { attempts: 2, backoff: 200 } }))
    const started = Date.now()
    expect((await fetch(`${gate.url}/x`)).status).toBe(504)
    // Half of 200 and half of 400: the random numbers here are all 0.5.
    expect(Date.now() - started).toBeGreaterThanOrEqual(295)
    expect(a.calls).toBe(3)
  })

  it('end with the time that there is', async () => {
    const a = await peer('a')
    a.answer = 'reset'
    const gate = await through(
      http(`${a.url}/{proxy}`, { timeout: 100, retries: { attempts: 9, backoff: '10s' } }),
    )
    const answer = await fetch(`${gate.url}/x`)
    expect([answer.status, await answer.json()]).toEqual([504, { message: 'Endpoint request timed out' }])
    expect(a.calls).toBe(1)
  })

  it('are no more than their budget', async () => {
    const a = await peer('a')
    a.answer = 'reset'
    const retries = { attempts: 1, backoff: 0, budget: 0.1 }
    const gate = await through(http(`${a.url}/{proxy}`, { retries, breaker: false }))
    await said(gate, 150)
    // A tenth of the calls, beside ten that are granted in any case.
    expect(a.calls).toBe(150 + 15)
    gate.clock.advance('11s')
    await said(gate, 1)
    expect(a.calls).toBe(165 + 2)
  })

  it('send a body again that is there as a whole, and never one that was streamed', async () => {
    const a = await peer('a')
    a.answer = 'reset'
    const gate = await through(http(`${a.url}/{proxy}`, { retries: { attempts: 1, backoff: 0 } }))
    await fetch(`${gate.url}/x`, { method: 'PUT', body: 'small' })
    expect(a.calls).toBe(2)
    await fetch(`${gate.url}/x`, { method: 'PUT', body: 'x'.repeat(100_000) })
    expect(a.calls).toBe(3)
  })

  it('are made of any call that has not been sent', async () => {
    const dead = await peer('dead')
    const alive = await peer('alive')
    await new Promise((resolve) => dead.server.close(resolve))
    const gate = await through(http([`${dead.url}/{proxy}`, alive.url]))
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.alloc(100_000))
        controller.close()
      },
    })
    const sent = { method: 'POST', body, duplex: 'half' } as RequestInit
    expect(await (await fetch(`${gate.url}/x`, sent)).text()).toBe('alive')
  })
})

describe('a breaker', () => {
  it('is the target own, whichever route leads there, and lets one call through to try', async () => {
    const a = await peer('a')
    a.answer = 'reset'
    const options = { retries: false, breaker: { failures: 3, cooldown: '10s' } } as const
    const routes = [route('GET /a', {}, http(a.url, options)), route('GET /b', {}, http(a.url, options))]
    const gate = await through(http(a.url), { routes })
    for (const path of ['/a', '/b', '/a', '/b', '/a']) await fetch(`${gate.url}${path}`)
    expect(a.calls).toBe(3)
    gate.clock.advance('10s')
    await Promise.all(['/a', '/b', '/a'].map((path) => fetch(`${gate.url}${path}`)))
    expect(a.calls).toBe(4)
    a.answer = 200
    gate.clock.advance('10s')
    expect((await fetch(`${gate.url}/b`)).status).toBe(200)
    expect((await fetch(`${gate.url}/a`)).status).toBe(200)
  })

  it('has another target called instead', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    a.answer = 'reset'
    const breaker = { failures: 1, cooldown: '1h' } as const
    const gate = await through(http([`${a.url}/{proxy}`, b.url], { breaker, outliers: false }))
    expect(await said(gate, 6)).toBe('bbbbbb')
    expect(a.calls).toBe(1)
  })

  it('that opens between two calls of one request leaves told what has come of the first', async () => {
    const a = await peer('a')
    a.answer = 'reset'
    const gate = await through(http(`${a.url}/{proxy}`, { breaker: { failures: 1, cooldown: '1h' } }))
    for (let call = 0; call < 2; call++) expect((await fetch(`${gate.url}/x`)).status).toBe(504)
    expect(gate.records.map(({ detail }) => detail?.replace(/^\S+ /, ''))).toEqual([
      'other side closed',
      'not called, for all calls of late have failed',
    ])
  })

  it('is not opened by callers who leave', async () => {
    const slow = await upstream((req, res) => {
      if (req.url === '/fast') res.end('ok')
    })
    const gate = await through(http(`${slow.url}/{proxy}`, { breaker: { failures: 1, cooldown: '1h' } }))
    const leaving = new AbortController()
    const left = fetch(`${gate.url}/slow`, { signal: leaving.signal })
    await pause(50)
    leaving.abort()
    await expect(left).rejects.toThrow()
    await until(() => gate.records.length === 1)
    expect((await fetch(`${gate.url}/fast`)).status).toBe(200)
  })
})

describe('a publish', () => {
  it('keeps the connections, and breaks no call that is on its way', async () => {
    let connections = 0
    const server = createServer((req, res) => {
      if (req.url === '/slow') setTimeout(() => res.end('late'), 150)
      else res.end('ok')
    })
    server.on('connection', () => connections++)
    const { url } = await upstream(server)
    const definition = () => ({ routes: [route('ANY /{proxy+}', {}, http(`${url}/{proxy}`))] })
    const gate = await through(http(url), definition())
    const slow = fetch(`${gate.url}/slow`)
    const statuses: number[] = []
    let over = false
    const load = (async () => {
      while (!over) statuses.push((await fetch(`${gate.url}/x`)).status)
    })()
    await pause(30)
    for (let publish = 0; publish < 5; publish++) {
      await gate.gateway.control.deploy({ ...definition(), version: `v${publish}` } as never)
      await pause(10)
    }
    expect(await (await slow).text()).toBe('late')
    over = true
    await load
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(connections).toBeLessThanOrEqual(3)
    expect(new Set(gate.records.map(({ deployment }) => deployment)).size).toBeGreaterThan(2)
  })
})

describe('a socket on this machine', () => {
  it('is an upstream', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'pets.sock')
    const server = createServer((req, res) => res.end(`${req.headers.host} ${req.url}`))
    await new Promise<void>((resolve) => server.listen(path, resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const gate = await through(http(`unix:${path}:/v1/{proxy}`))
    expect(await said(gate, 1)).toBe('localhost /v1/x')
  })
})

describe('a VPC link', () => {
  it('leads to its targets, under the name that the URL says', async () => {
    const server = createServer((req, res) => res.end(`${req.headers.host} ${req.url}`))
    const { port } = await upstream(server)
    const link = { targets: [`http://127.0.0.1:${port}`] }
    const gate = await through(http('http://orders.internal/v2/{proxy}', { vpcLink: 'orders' }), {
      vpcLinks: { orders: link },
    })
    expect(await said(gate, 1)).toBe('orders.internal /v2/x')
  })

  it('may be named by a variable of the stage', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    const vpcLinks = { first: { targets: [a.url] }, second: { targets: [b.url] } }
    const integration = http('http://x/{proxy}', { vpcLink: `\${stageVariables.link}` })
    const stages = {
      prod: { variables: { link: 'first' } },
      beta: { variables: { link: 'second' } },
      off: {},
    }
    const gate = await through(integration, { vpcLinks, stages })
    const answers = await Promise.all(['prod', 'beta', 'off'].map((stage) => fetch(`${gate.url}/${stage}/x`)))
    expect(await Promise.all(answers.slice(0, 2).map((each) => each.text()))).toEqual(['a', 'b'])
    expect(answers[2]?.status).toBe(500)
    expect(gate.records.find(({ stage }) => stage === 'off')?.detail).toBe(
      "'ANY /{proxy+}' on stage 'off': the stage has no variable 'link'",
    )
  })

  it('never leads to a public address, by whatever name', async () => {
    const found = (hostname: string) =>
      new Promise<string>((resolve) => {
        lookupPrivate(hostname, { all: true }, (error) => resolve(error?.message ?? 'private'))
      })
    expect(await found('localhost')).toBe('private')
    // Addresses are looked up as well: they are their own answers.
    expect(await found('192.0.2.7')).toBe("'192.0.2.7' leads to 192.0.2.7, which is no private address")
    const definition = { vpcLinks: { out: { targets: ['http://192.0.2.7:80'] } } }
    const routes = [route('GET /', {}, http('http://x/', { vpcLink: 'out' }))]
    expect(() => createGateway({ ...definition, routes } as never)).toThrow(
      "vpcLinks.out.targets[0]: 'http://192.0.2.7:80' is a public address, and the link a private one (URL_INVALID)",
    )
  })

  it('asks the name of a target again whenever it connects', async () => {
    const { port } = await upstream((_, res) => res.end('here'))
    const vpcLinks = {
      local: { targets: [`http://localhost:${port}`] },
      gone: { targets: ['http://nowhere.invalid'] },
    }
    const routes = [
      route('GET /local', {}, http('http://x/', { vpcLink: 'local' })),
      route('GET /gone', {}, http('http://x/', { vpcLink: 'gone', retries: false })),
    ]
    const gate = await through(http('http://x/'), { routes, vpcLinks })
    expect(await (await fetch(`${gate.url}/local`)).text()).toBe('here')
    expect((await fetch(`${gate.url}/gone`)).status).toBe(504)
  })
})

describe('private addresses', () => {
  it('are those that nobody on the internet has', () => {
    const yes = [
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.0.1',
      '::1',
      'fd00::1',
    ]
    const no = [
      '8.8.8.8',
      '172.32.0.1',
      '192.169.0.1',
      '100.128.0.1',
      '2001:4860::1',
      '::ffff:8.8.8.8',
      'x',
      '0.0.0.0',
    ]
    expect([...yes, 'fe80::1%eth0', '::ffff:10.0.0.1'].filter((each) => !isPrivate(each))).toEqual([])
    expect(no.filter(isPrivate)).toEqual([])
  })
})

describe('variables of the stage', () => {
  it('are part of the URL, and whatever they say is fixed with the stage', async () => {
    const [a, b] = [await peer('a'), await peer('b')]
    const integration = http(`\${stageVariables.url}/{proxy}`)
    const stages = {
      prod: { variables: { url: a.url }, canary: { percent: 0, variables: { url: b.url } } },
      beta: { variables: { url: b.url } },
      broken: { variables: { url: 'ftp://x' } },
      open: { variables: { url: 'http://127.0.0.1:' } },
    }
    const gate = await through(integration, { stages })
    const text = async (stage: string) => (await fetch(`${gate.url}/${stage}/x`)).text()
    expect([await text('prod'), await text('beta')]).toEqual(['a', 'b'])
    expect(await text('broken')).toBe('{"message":"Internal server error"}')
    expect(gate.records.at(-1)).toMatchObject({
      refusal: 'API_CONFIGURATION_ERROR',
      detail: "'ANY /{proxy+}' on stage 'broken': 'ftp://x' is no host to be asked over HTTP",
    })
    // Told when it was published, not only once somebody asks.
    expect(String(gate.errors[0])).toMatch(
      /^Error: 'ANY \/\{proxy\+\}' on stage 'broken': 'ftp:\/\/x' is no host/,
    )
  })

  it('cannot be chosen by a caller, even where one ends before the host does', async () => {
    const integration = http(`http://\${stageVariables.host}{proxy}`)
    expect(() => createGateway({ routes: [route('GET /{proxy+}', {}, integration)] })).toThrow(
      "'{proxy}' stands where the host is: callers would choose whom they are sent to (URL_INVALID)",
    )
    // Not to be seen in the definition: it is refused once the stage is known.
    const late = http(`\${stageVariables.url}/{proxy}`)
    const stages = { prod: { variables: { url: 'http:/' } } }
    const { gateway, records } = await through(late, { stages })
    expect((await send(gateway, 'GET /prod/evil.com')).status).toBe(500)
    expect(records[0]?.detail).toMatch(/is no host to be asked over HTTP|stands where the host is/)
  })
})
