/**
 * No way around: whatever a path is spelt like, Express behind the gateway never runs a protected handler without
 * its policy. None of the requests below carries an API key, so no protected handler may run at all.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express, RequestHandler } from 'express'
import { createGateway, type GatewayDefinition, type Policy, route } from 'postern'
import { type ExpressGate, toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { EXPRESSES, guard, serve, tell } from './adapters/support.js'
import { combinations, type Place, table, tryAll, wired } from './contract/spellings.js'
import { fc } from './laws.js'

/** What is protected in every app below. */
const PROTECTED = ['/admin', '/admin/7', '/admin/files/a/b', '/internal', '/internal/x/y', '/secret/key.txt']

const SECRET = 'the key to the kingdom'
const folder = mkdtempSync(join(tmpdir(), 'postern-bypass-'))
mkdirSync(join(folder, 'secret'))
writeFileSync(join(folder, 'secret', 'key.txt'), SECRET)
afterAll(() => rmSync(folder, { recursive: true }))

const locked: Policy<never, never, never> = { apiKey: true }
const LOCKED = [
  route('ANY /admin', locked),
  route('ANY /admin/{id}', locked),
  route('ANY /admin/files/{path+}', locked),
  route('ANY /internal', locked),
  route('ANY /internal/{path+}', locked),
  route('ANY /secret/{path+}', locked),
]
const OPEN = [...LOCKED, route('ANY /'), route('ANY /{proxy+}')]

interface Setting extends Omit<Place, 'paths'> {
  readonly name: string
  readonly definition: Pick<GatewayDefinition, 'routes'> & Partial<GatewayDefinition>
  /** Where the gate is mounted. */
  readonly mount?: string
}

const stages = { prod: {}, beta: {} }
const SETTINGS: readonly Setting[] = [
  { name: 'stages', definition: { routes: LOCKED, stages }, prefix: '/prod' },
  { name: 'a public {proxy+} beside', definition: { routes: OPEN, stages }, prefix: '/beta' },
  { name: 'no stages, and a public {proxy+}', definition: { routes: OPEN }, prefix: '' },
  { name: "unmatched: 'pass'", definition: { routes: LOCKED, stages, unmatched: 'pass' }, prefix: '/prod' },
  { name: "no stages, and unmatched: 'pass'", definition: { routes: LOCKED, unmatched: 'pass' }, prefix: '' },
  {
    name: 'a list of what passes',
    definition: { routes: LOCKED, stages, pass: ['/health', '/public/{file+}', '/{name}'] },
    prefix: '/prod',
  },
  {
    name: 'base paths of a host',
    definition: { routes: OPEN, stages, domains: { 'api.test': { v1: 'prod', 'a/b': 'beta' } } },
    prefix: '/v1',
    host: 'api.test',
  },
  {
    name: "base paths of a host, and unmatched: 'pass'",
    definition: {
      routes: LOCKED,
      stages,
      unmatched: 'pass',
      domains: { 'api.test': { v1: 'prod', 'a/b': 'beta' } },
    },
    prefix: '/a/b',
    host: 'api.test',
  },
  { name: 'a mount path', definition: { routes: OPEN, stages }, prefix: '/api/prod', mount: '/api' },
  {
    name: "a mount path, and unmatched: 'pass'",
    definition: { routes: LOCKED, unmatched: 'pass' },
    prefix: '/api',
    mount: '/api',
  },
]

interface Built {
  readonly app: Express
  /** The protected handlers that ran, by path. */
  readonly ran: string[]
}

type Framework = (typeof EXPRESSES)[number]['express']

/** The app: what is protected marks that it ran; everything else is public. */
function build(express: Framework, before: (app: Express) => void, mount = '', gate?: RequestHandler): Built {
  const app = express()
  before(app)
  const ran: string[] = []
  const mark: RequestHandler = (req, res) => {
    ran.push(`${req.method} ${req.originalUrl}`)
    res.end('protected')
  }
  const own = gate === undefined ? [] : [gate]
  const rest = express === EXPRESSES[0]?.express ? '*path' : '*'
  app.all(`${mount}/admin`, ...own, mark)
  app.get(`${mount}/admin`, ...own, mark)
  app.all(`${mount}/admin/:id`, ...own, mark)
  app.all(`${mount}/admin/files/${rest}`, ...own, mark)
  app.use(`${mount}/internal`, ...own, mark)
  const files = express.static(folder)
  if (gate === undefined) app.use(mount === '' ? '/' : mount, files)
  app.use((_req, res) => res.status(404).end('public'))
  return { app, ran }
}

const placed = (setting: Omit<Place, 'paths'>): Place => ({ ...setting, paths: PROTECTED })
/** What no answer says. */
const MARKS = ['protected', SECRET]

describe.each(EXPRESSES)('$name behind the gateway', ({ express }) => {
  it.each(SETTINGS)(
    'with $name, runs no protected handler for any spelling',
    async (setting) => {
      const { gateway, errors } = guard({ plans: { free: {} }, httpsOnly: false, ...setting.definition })
      const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
      const { app, ran } = build(
        express,
        (each) => each.use(setting.mount ?? '/', toExpress(gateway)),
        setting.mount,
      )
      const { port } = await serve(app)
      const random = fc.sample(combinations(placed(setting)), { numRuns: 400, seed: 20_260_101 })
      const { sent, answered, leaks } = await tryAll(port, [...table(placed(setting)), ...random], MARKS)
      expect([...leaks, ...ran]).toEqual([])
      expect(sent).toBeGreaterThan(1000)
      expect(answered).toBeGreaterThan(sent * 0.9)
      expect(errors).toEqual([])

      // With a key they do run: it is the policy that held them back.
      for (const path of PROTECTED) {
        const key = wired(`GET ${setting.prefix}${path}`, setting.host ?? 'localhost', `x-api-key: ${value}`)
        expect((await tell(port, key)).body, path).toMatch(path.includes('secret') ? SECRET : 'protected')
      }
      expect(ran).toHaveLength(PROTECTED.length - 1)
    },
    60_000,
  )

  it('with gates on its routes alone, runs none of them for any spelling', async () => {
    const { gateway } = guard({ plans: {}, routes: [route('GET /other')], httpsOnly: false })
    const gate: ExpressGate<string> = toExpress(gateway)
    const { app, ran } = build(express, () => {}, '', gate.route({ apiKey: true }))
    const { port } = await serve(app)
    const place = placed({ prefix: '' })
    const random = fc.sample(combinations(place), { numRuns: 400, seed: 7 })
    const { sent, leaks } = await tryAll(port, [...table(place), ...random], MARKS)
    expect([...leaks, ...ran]).toEqual([])
    expect(sent).toBeGreaterThan(1000)
  }, 60_000)

  it('is what holds them back: a middleware that compares paths by itself lets dozens through', async () => {
    const naive: RequestHandler = (req, res, next) => {
      const path = req.url.replace(/^\/(?:prod|beta)(?=\/|$)/, '') || '/'
      if (/^\/(?:admin|internal|secret)(?:\/|$)/.test(path)) return res.status(403).end('Forbidden')
      req.url = path
      return next()
    }
    const { app, ran } = build(express, (each) => each.use(naive))
    const { port } = await serve(app)
    const lines = SETTINGS.filter(({ name }) => /^(?:no )?stages/.test(name)).flatMap((setting) =>
      table(placed(setting)),
    )
    const { leaks } = await tryAll(port, lines, MARKS)
    expect(leaks.length).toBeGreaterThan(50)
    expect(leaks.some((leak) => leak.startsWith('GET /prod/ADMIN '))).toBe(true)
    expect(leaks.some((leak) => leak.startsWith('GET /prod//secret/key.txt '))).toBe(true)
    expect(ran.some((line) => line.startsWith('GET http://localhost'))).toBe(true)
  }, 60_000)
})

describe('an encoded slash', () => {
  const names = [
    'ANY /{proxy+}',
    'GET /pets/mine',
    'GET /pets/{id}',
    'GET /pets/{id}/toys',
    'GET /secret/{file}',
  ] as const
  const gateway = createGateway({ routes: names.map((name) => route(name)) })

  it.each([
    ['/pets/a%2Fb', 'GET /pets/{id}'],
    ['/pets/a%2Fb/toys', 'GET /pets/{id}/toys'],
    ['/x%2Fy', 'ANY /{proxy+}'],
    ['/secret/a%2Fb', 'GET /secret/{file}'],
  ])('stays a part of its segment in %s', async (path, name) => {
    const { status, forwarded } = await send(gateway, `GET ${path}`)
    expect(status).toBe(200)
    expect(forwarded).toMatchObject({ target: path, gateway: { route: name } })
  })

  it.each([
    '/secret%2Fa',
    '/%2Fsecret/a',
    '/pets%2F7',
    '/pets/7%2Ftoys',
    '/x%2F..%2Fsecret/a',
    '/SECRET%2fa',
  ])('is refused in %s, which some apps would take for the path of another route', async (path) => {
    const { status, forwarded } = await send(gateway, `GET ${path}`)
    expect([400, 404]).toContain(status)
    expect(forwarded).toBeUndefined()
  })
})
