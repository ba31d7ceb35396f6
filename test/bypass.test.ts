/**
 * No way around: whatever a path is spelt like, Express behind the gateway never runs a protected handler without
 * its policy. None of the requests below carries an API key, so no protected handler may run at all.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express, RequestHandler } from 'express'
import fc from 'fast-check'
import { createGateway, type GatewayDefinition, type Policy, route } from 'postern'
import { type ExpressGate, toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { EXPRESSES, guard, serve, tell } from './adapters/support.js'

/** What is protected in every app below: as a caller with a key would ask for it. */
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

interface Setting {
  readonly name: string
  readonly definition: Pick<GatewayDefinition, 'routes'> & Partial<GatewayDefinition>
  /** What stands before a path that is spelt as it should be. */
  readonly prefix: string
  /** Where the gate is mounted. */
  readonly mount?: string
  readonly host?: string
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

// How paths are spelt.

const hex = (char: string) =>
  `%${Buffer.from(char)
    .toString('hex')
    .toUpperCase()
    .replace(/(..)(?=.)/g, '$1%')}`
const hexAll = (path: string) => path.replace(/[^/]/g, hex)
const slashes = (path: string, by: string) => path.slice(0, 1) + path.slice(1).replaceAll('/', by)
const lookalikes: Readonly<Record<string, string>> = { k: 'K', s: 'ſ', i: 'ı', a: 'а', d: 'd', e: 'é' }

const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  'as it is': (path) => path,
  'upper case': (path) => path.toUpperCase(),
  'first letter upper case': (path) => path.replace(/[a-z]/, (char) => char.toUpperCase()),
  'last letter upper case': (path) => path.replace(/[a-z](?=[^a-z]*$)/, (char) => char.toUpperCase()),
  'one letter encoded': (path) => path.replace(/[a-z]/, hex),
  'one letter encoded in lower case': (path) => path.replace(/[a-z]/, (char) => hex(char).toLowerCase()),
  'all letters encoded': hexAll,
  'an upper-case letter encoded': (path) => path.replace(/[a-z]/, (char) => hex(char.toUpperCase())),
  'encoded twice': (path) => hexAll(path).replaceAll('%', '%25'),
  'encoded three times': (path) => hexAll(path).replaceAll('%', '%2525'),
  'two slashes first': (path) => `/${path}`,
  'three slashes first': (path) => `//${path}`,
  'doubled slashes': (path) => path.replaceAll('/', '//'),
  'a dot segment first': (path) => `/.${path}`,
  'an encoded dot segment first': (path) => `/%2e${path}`,
  'a parent first': (path) => `/..${path}`,
  'a detour': (path) => `/x/..${path}`,
  'an encoded detour': (path) => `/x/%2e%2e${path}`,
  'a half-encoded detour': (path) => `/x/.%2E${path}`,
  'a detour by encoded slashes': (path) => `/x%2f..%2f${path.slice(1)}`,
  'a detour encoded twice': (path) => `/x/%252e%252e${path}`,
  'a detour by a parameter': (path) => `/x/..;${path}`,
  'a detour by a backslash': (path) => `/x\\..${path}`,
  'a detour by an encoded backslash': (path) => `/x%5c..%5c${path.slice(1)}`,
  'a detour inside': (path) => path.replace(/(?<=.)\//, '/x/../'),
  'a dot segment inside': (path) => path.replace(/(?<=.)\//, '/./'),
  'an empty segment inside': (path) => path.replace(/(?<=.)\//, '//'),
  'encoded slashes': (path) => slashes(path, '%2F'),
  'encoded slashes in lower case': (path) => slashes(path, '%2f'),
  'slashes encoded twice': (path) => slashes(path, '%252F'),
  backslashes: (path) => slashes(path, '\\'),
  'a backslash first': (path) => `\\${path.slice(1)}`,
  'encoded backslashes': (path) => slashes(path, '%5C'),
  'an encoded slash first': (path) => `/%2f${path.slice(1)}`,
  'a fullwidth slash': (path) => slashes(path, '%EF%BC%8F'),
  'an overlong slash': (path) => slashes(path, '%C0%AF'),
  'path parameters': (path) => `${path.replace(/(?<=.)\//g, ';a=b/')};a=b`,
  'no slash first': (path) => path.slice(1),
  'a tab inside': (path) => `${path.slice(0, 3)}\t${path.slice(3)}`,
  'an encoded tab inside': (path) => `${path.slice(0, 3)}%09${path.slice(3)}`,
  'a soft hyphen inside': (path) => `${path.slice(0, 3)}%C2%AD${path.slice(3)}`,
  'an encoded NUL inside': (path) => `${path.slice(0, 3)}%00${path.slice(3)}`,
  'look-alikes': (path) => path.replace(/[ksiade]/g, (char) => encodeURIComponent(lookalikes[char] ?? char)),
  'raw look-alikes': (path) =>
    path.replace(/[ksiade]/g, (char) => Buffer.from(lookalikes[char] ?? '').toString('latin1')),
  'one Kelvin sign or long s': (path) =>
    path.replace(/[ks]/, (char) => encodeURIComponent(lookalikes[char] ?? '')),
  'a dotted capital I': (path) => path.replace('i', '%C4%B0'),
  'a question mark encoded': (path) => `${path}%3Fx`,
  'a hash in it': (path) => `/x#${path}`,
  'a query in it': (path) => `/?${path}`,
}

const SUFFIXES = [
  '',
  '/',
  '//',
  '/.',
  '/..',
  '/x/..',
  '/%2e',
  '/%2E%2E/',
  ';',
  ';a=b',
  '/;',
  '.',
  '..',
  '...',
  '.json',
  '%00',
  '%00.html',
  '%20',
  '%20/',
  '\t',
  '%09',
  '%0A',
  '%0D%0A',
  '?',
  '?x=1',
  '?/../',
  '??',
  '#',
  '#/x',
  '%23',
  '%3F',
  '\\',
  '/\\',
  '%5C',
  '%2F',
  '%2F/',
  '%2f.',
  '%',
  '%zz',
  '%ff',
  '%C2%A0',
  '%E2%80%8B',
  '~',
  '*',
  '+',
  ':',
  '@',
  '&',
  '=',
  ',',
  '%252F',
  '/%2F',
  '?%00',
]

const ABSOLUTE = [
  'http://localhost',
  'http://localhost:80',
  'https://evil.test',
  'HTTP://LOCALHOST',
  '//localhost',
  'http:',
  'http:/',
  'x://y',
]

/** Other things that may stand where the stage stands. */
function prefixes(prefix: string): string[] {
  const upper = prefix.toUpperCase()
  const title = prefix.replace(/[a-z]/g, (char, at) => (at < 3 ? char.toUpperCase() : char))
  const stage = [
    '',
    '/prod',
    '/beta',
    '/PROD',
    '/Beta',
    '/$default',
    '/prod/prod',
    '/beta/prod',
    '/%70rod',
    '/prod%2F',
    '/prod;',
    '/prod.',
    '/gone',
  ]
  const bases = ['/v1', '/V1', '/v1/v1', '/v1/prod', '/a', '/a/b', '/A/B', '/a%2Fb', '/a/b/a/b', '/a/b/prod']
  const mounts = [
    '/api',
    '/API',
    '/api/',
    '/api/api',
    '/api%2F',
    '/api/prod',
    '/API/PROD',
    '/api/prod/prod',
    '/%61pi',
    '//api',
    '/api/.',
  ]
  return [
    ...new Set([
      prefix,
      upper,
      title,
      `/${prefix}`,
      `${prefix}/`,
      `${prefix}/.`,
      `${prefix}${prefix}`,
      ...stage,
      ...bases,
      ...mounts,
    ]),
  ]
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
  'get',
  'Get',
  'ANY',
  'ALL',
  '*',
]

const HEADERS = [
  '',
  'X-HTTP-Method-Override: GET',
  'X-HTTP-Method: DELETE',
  'X-Original-URL: /admin',
  'X-Rewrite-URL: /admin',
  'X-API-Key:',
  'x-api-key: undefined',
  'Authorization: Basic eDp5',
  'Origin: https://evil.test\r\nAccess-Control-Request-Method: GET',
  'Content-Length: 0',
  'Transfer-Encoding: chunked',
  'Host: localhost',
  'Expect: 100-continue',
]

/** As it goes over the wire. */
function wired(line: string, host: string, header = ''): string {
  const ending = /chunked/.test(header) ? '0\r\n\r\n' : ''
  const extra = header === '' ? '' : `${header}\r\n`
  return `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${extra}\r\n${ending}`
}

/** Every spelling of every protected path, in every way that is worth trying by itself. */
function table({ prefix, host = 'localhost' }: Setting): string[] {
  const lines = PROTECTED.flatMap((path) => [
    ...Object.values(SPELLINGS).flatMap((spell) => [
      `GET ${prefix}${spell(path)}`,
      `GET ${spell(prefix + path)}`,
    ]),
    ...SUFFIXES.map((suffix) => `GET ${prefix}${path}${suffix}`),
    ...prefixes(prefix).map((other) => `GET ${other}${path}`),
    ...ABSOLUTE.map((origin) => `GET ${origin}${prefix}${path}`),
    ...METHODS.map((method) => `${method} ${prefix}${path}`),
  ])
  const asked = [...new Set([...lines, 'OPTIONS *', 'GET *', 'GET ', `GET ${prefix}`])].map((line) =>
    wired(line, host),
  )
  return [...asked, ...HEADERS.map((header) => wired(`POST ${prefix}/admin`, host, header))]
}

function combinations({ prefix, host = 'localhost' }: Setting): fc.Arbitrary<string> {
  const spelling = fc.constantFrom(...Object.values(SPELLINGS))
  const parts = {
    path: fc.constantFrom(...PROTECTED),
    inner: fc.array(spelling, { maxLength: 2 }),
    prefix: fc.oneof({ weight: 2, arbitrary: fc.constant(prefix) }, fc.constantFrom(...prefixes(prefix))),
    outer: fc.array(spelling, { maxLength: 1 }),
    suffix: fc.constantFrom(...SUFFIXES),
    origin: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom(...ABSOLUTE)),
    method: fc.oneof({ weight: 4, arbitrary: fc.constant('GET') }, fc.constantFrom(...METHODS)),
    header: fc.oneof({ weight: 4, arbitrary: fc.constant('') }, fc.constantFrom(...HEADERS)),
  }
  return fc.record(parts).map((each) => {
    const inner = each.inner.reduce((path, spell) => spell(path), each.path)
    const target = each.outer.reduce((path, spell) => spell(path), each.prefix + inner)
    return wired(`${each.method} ${each.origin}${target}${each.suffix}`, host, each.header)
  })
}

interface Tried {
  readonly sent: number
  readonly answered: number
  /** What came through. */
  readonly leaks: string[]
}

/** Sends them all, some at a time. */
async function tryAll(port: number, requests: readonly string[], ran: string[]): Promise<Tried> {
  const leaks: string[] = []
  const queue = [...requests]
  let answered = 0
  const work = async () => {
    for (let request = queue.pop(); request !== undefined; request = queue.pop()) {
      const { text, status } = await tell(port, request)
      if (status !== 0) answered++
      if (text.includes('protected') || text.includes(SECRET)) leaks.push(request)
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return { sent: requests.length, answered, leaks: [...leaks, ...ran] }
}

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
      const random = fc.sample(combinations(setting), { numRuns: 400, seed: 20_260_101 })
      const { sent, answered, leaks } = await tryAll(port, [...table(setting), ...random], ran)
      expect(leaks).toEqual([])
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
    const setting: Setting = { name: '', definition: { routes: [] }, prefix: '' }
    const random = fc.sample(combinations(setting), { numRuns: 400, seed: 7 })
    const { sent, leaks } = await tryAll(port, [...table(setting), ...random], ran)
    expect(leaks).toEqual([])
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
    const lines = SETTINGS.filter(({ name }) => /^(?:no )?stages/.test(name)).flatMap(table)
    const { leaks } = await tryAll(port, lines, ran)
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
