import { describe, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/run.js'
import { folderOf, postern } from './support.js'

const GATEWAY = `import { createGateway, route } from 'postern'
export const gateway = createGateway({
  routes: [
    route('GET /pets', { cache: { ttl: 60 }, throttle: { rate: 10, burst: 20, per: 'address' } }),
    route('POST /pets', { apiKey: true, body: 'Pet', authorize: 'who' }),
    route('PUT /pets/{id}', { apiKey: { plans: ['free'] }, body: { models: { 'application/json': 'Pet', 'text/csv': {} } } }),
    route('GET /time', { throttle: [{ rate: 1, burst: 2, per: () => 'x' }, { rate: 5, burst: 5, mode: 'observe' }] }, () => 1),
  ],
  models: { Pet: { type: 'object' } },
  authorizers: { who: () => false },
  plans: { free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' }, stages: ['prod'] }, all: {} },
  stages: { prod: { throttle: { rate: 100, burst: 200 }, variables: { a: '1', b: '2' }, canary: { percent: 10 } }, beta: {} },
})
`

const TABLES = `Stages
  name  deployment  throttle         variables  canary
  ----  ----------  ---------------  ---------  -----------------
  prod  ID          100/s burst 200  2          10% to ID
  beta  ID          -                -          -

Usage plans
  name  throttle     quota         stages
  ----  -----------  ------------  ------
  free  1/s burst 5  1000 a month  prod
  all   -            -             all

Routes of deployment ID (prod, beta)
  method  path        api key   authorize  throttle                                              body                                      cache  answered by
  ------  ----------  --------  ---------  ----------------------------------------------------  ----------------------------------------  -----  -----------
  GET     /pets       -         -          10/s burst 20 per address                             -                                         60 s   app
  POST    /pets       any plan  who        -                                                     Pet                                       -      app
  PUT     /pets/{id}  free      -          -                                                     Pet (application/json), schema (text/csv)  -      app
  GET     /time       -         -          1/s burst 2 per function, 5/s burst 5 (observe)       -                                         -      handler
`

describe('postern check prints', () => {
  it('stages, usage plans and routes as tables', async () => {
    const { status, stdout, stderr } = await postern(
      folderOf({ 'gateway.mjs': GATEWAY }),
      'check',
      'gateway.mjs',
    )
    expect([status, stderr]).toEqual([0, ''])
    const [, id = ''] = /^ {2}prod +(\w{10}) /m.exec(stdout) ?? []
    expect(squeezed(stdout.replaceAll(id, 'ID'))).toBe(squeezed(TABLES))
  })

  it('columns that stand under each other', async () => {
    const { stdout } = await postern(folderOf({ 'gateway.mjs': GATEWAY }), 'check')
    const lines = stdout.slice(stdout.indexOf('Routes of')).split('\n').slice(1, 7)
    const starts = [...(lines[1] ?? '').matchAll(/(?<= {2})-/g)].map(({ index }) => index)
    expect(starts).toHaveLength(8)
    for (const line of lines) {
      for (const start of starts) {
        expect(line.slice(start - 2, start), line).toBe('  ')
        expect(line[start], line).not.toBe(' ')
      }
    }
  })

  it.each([
    [true, '', true],
    [true, '1', false],
    [false, '', false],
  ])('headings that are bold to a terminal only (terminal %s, NO_COLOR %j)', async (isTTY, none, bold) => {
    vi.stubEnv('NO_COLOR', none)
    let printed = ''
    const write = (text: string) => {
      printed += text
    }
    const cwd = folderOf({ 'gateway.mjs': GATEWAY })
    await run(['check'], { cwd, stdout: { write, isTTY }, stderr: { write }, stopped: Promise.resolve() })
    vi.unstubAllEnvs()
    expect(printed.startsWith(bold ? '\x1b[1mStages\x1b[22m\n' : 'Stages\n')).toBe(true)
    expect(printed.includes('\x1b')).toBe(bold)
  })

  it('one JSON object with --json', async () => {
    const { status, stdout } = await postern(folderOf({ 'gateway.mjs': GATEWAY }), 'check', '--json')
    expect(status).toBe(0)
    const told = JSON.parse(stdout)
    const [{ deployment }] = told.stages
    expect(told).toEqual({
      file: 'gateway.mjs',
      faults: [],
      stages: [
        {
          name: 'prod',
          deployment,
          throttle: [{ rate: 100, burst: 200 }],
          variables: { a: '1', b: '2' },
          canary: { percent: 10, deployment },
        },
        { name: 'beta', deployment, throttle: [], variables: {} },
      ],
      plans: [
        {
          name: 'free',
          throttle: [{ rate: 1, burst: 5 }],
          quota: { limit: 1000, period: 'month' },
          stages: ['prod'],
        },
        { name: 'all', throttle: [] },
      ],
      routes: expect.any(Array),
    })
    expect(told.routes.map(({ method, path }: Record<string, string>) => `${method} ${path}`)).toEqual([
      'GET /pets',
      'POST /pets',
      'PUT /pets/{id}',
      'GET /time',
    ])
    expect(told.routes[3]).toEqual({
      deployment,
      stages: ['prod', 'beta'],
      method: 'GET',
      path: '/time',
      apiKey: false,
      throttle: [
        { rate: 1, burst: 2, per: 'function' },
        { rate: 5, burst: 5, mode: 'observe' },
      ],
      observed: false,
      answeredBy: 'handler',
    })
  })

  it('nothing of what the module itself prints among it', async () => {
    const folder = folderOf({ 'gateway.mjs': `${GATEWAY}\nprocess.stdout.write('x-api-key: secret\\n')\n` })
    const { stdout, stderr } = await postern(folder, 'check', '--json')
    expect(JSON.parse(stdout).faults).toEqual([])
    expect(stderr).toBe('x-api-key: secret\n')
  })
})

describe('postern check finds the gateway', () => {
  const DEFINITION = "{ routes: [{ pattern: 'GET /here', policy: {} }] }"
  const OTHER = "{ routes: [{ pattern: 'GET /other', policy: {} }] }"
  const MAKE = "import { createGateway } from 'postern'\n"

  it.each([
    ['exported as gateway', `${MAKE}export const gateway = createGateway(${DEFINITION})`],
    ['exported as definition', `export const definition = ${DEFINITION}`],
    ['exported as default', `export default ${DEFINITION}`],
    ['under any name', `export const none = null, petStore = ${DEFINITION}`],
    ['in an object that is the default', `export default { definition: ${DEFINITION} }`],
    [
      'by the name that says so, where there are several',
      `export const a = ${OTHER}, gateway = ${DEFINITION}`,
    ],
  ])('%s', async (_, code) => {
    const { status, stdout, stderr } = await postern(folderOf({ 'some.mjs': code }), 'check', 'some.mjs')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain(' /here ')
    expect(stdout).not.toContain(' /other ')
  })

  it.each([
    'gateway.ts',
    'gateway.mjs',
    'src/gateway.ts',
    'src/gateway.js',
    'lib/gateway.mjs',
    'app/gateway.js',
  ])('in %s, without being told', async (file) => {
    const folder = folderOf({ [file]: `export const definition = ${DEFINITION}` })
    const { status, stdout } = await postern(folder, 'check', '--json')
    expect([status, JSON.parse(stdout).file]).toEqual([0, file])
  })

  it.each([
    [
      'no file in the usual places',
      {},
      [],
      'there is no gateway.ts or gateway.js here, in src, lib or app. Name the file: postern check <file>, or write one: postern init',
    ],
    ['no such file', {}, ['nowhere.js'], 'there is no file nowhere.js'],
    [
      'nothing of the kind exported',
      { 'x.mjs': 'export default 1; export const app = { use() {} }' },
      ['x.mjs'],
      'x.mjs exports neither a gateway nor a definition. Write: export const gateway = createGateway({ routes: [ … ] })',
    ],
    [
      'a module that throws',
      { 'x.mjs': "throw new TypeError('no database\\nat all')" },
      ['x.mjs'],
      'x.mjs does not load: no database. To see where: node x.mjs',
    ],
  ])('or says in one line what to do: %s', async (_, files, argv, message) => {
    const ran = await postern(folderOf(files), 'check', ...argv)
    expect(ran).toEqual({ status: 1, stdout: '', stderr: `postern: ${message}\n` })
  })

  it.each([
    ['ERR_UNKNOWN_FILE_EXTENSION', 'Unknown file extension ".ts"'],
    ['ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'TypeScript enum is not supported in strip-only mode'],
    ['ERR_MODULE_NOT_FOUND', "Cannot find module './pets.js'"],
  ])('and names a command that loads TypeScript where Node does not: %s', async (code, said) => {
    const thrown = `throw Object.assign(new Error(${JSON.stringify(said)}), { code: '${code}' })`
    const { status, stderr } = await postern(folderOf({ 'x.ts': thrown }), 'check', 'x.ts')
    expect(status).toBe(1)
    expect(stderr).toBe(
      `postern: Node ${process.versions.node} alone does not load x.ts: ${said}. Try: npx tsx node_modules/postern/dist/cli.js check x.ts, or compile it and check the .js\n`,
    )
  })

  it('and where package.json has it taken for CommonJS', async () => {
    const thrown = "throw new SyntaxError('Cannot use import statement outside a module')"
    const { stderr } = await postern(folderOf({ 'x.ts': thrown }), 'check', 'x.ts')
    expect(stderr).toContain('. Try: npx tsx node_modules/postern/dist/cli.js check x.ts, or ')
  })

  it('but not for what is missing anywhere', async () => {
    const thrown = `throw Object.assign(new Error("Cannot find package 'zod'"), { code: 'ERR_MODULE_NOT_FOUND' })`
    const { stderr } = await postern(folderOf({ 'x.ts': thrown }), 'check', 'x.ts')
    expect(stderr).toBe("postern: x.ts does not load: Cannot find package 'zod'. To see where: node x.ts\n")
  })
})

describe('postern check of a document', () => {
  const document = (operation: string) =>
    `openapi: 3.0.3\ninfo: { title: a, version: '1' }\npaths: { /a: { ${operation} } }`

  it('shows no plan that is not in it', async () => {
    const files = { 'a.yaml': document('get: { responses: {} }') }
    expect((await postern(folderOf(files), 'check', 'a.yaml')).stdout).toContain('Usage plans\n  none\n')
  })

  it('says where it comes to nothing', async () => {
    const { status, stdout } = await postern(folderOf({ 'a.yaml': document('') }), 'check', 'a.yaml')
    expect(status).toBe(0)
    expect(stdout).toMatch(/\nRoutes\n {2}none: every request is refused\n$/)
  })
})

describe('postern check fails with every fault', () => {
  const DEFINITION = `{ routes: [{ pattern: 'GET pets', policy: { apikey: true } }], stages: { 'a b': {} } }`
  const SAID = `x.mjs has 3 faults:

  routes[0].pattern: 'pets' does not start with '/' (PATTERN_INVALID)
    Write \`/pets\`.

  routes[0].policy.apikey: \`apikey\` is no field of a policy (UNKNOWN_FIELD)
    Did you mean \`apiKey\`?

`

  it.each([
    ['that a definition has', `export const definition = ${DEFINITION}`],
    [
      'for which the module itself throws',
      `import { createGateway } from 'postern'\nexport const gateway = createGateway(${DEFINITION})`,
    ],
  ])('%s', async (_, code) => {
    const { status, stdout, stderr } = await postern(folderOf({ 'x.mjs': code }), 'check', 'x.mjs')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr.slice(0, SAID.length)).toBe(SAID)
    expect(stderr).toMatch(/^ {2}stages\['a b'\]: .* \(NAME_INVALID\)\n {4}\S.*\n$/m)
  })

  it('one of them in words of its own', async () => {
    const { status, stderr } = await postern(
      folderOf({ 'x.mjs': 'export const definition = {}' }),
      'check',
      'x.mjs',
    )
    expect(status).toBe(1)
    expect(stderr).toMatch(/^x\.mjs has one fault:\n\n {2}routes: .* \(REQUIRED\)\n {4}\S.*\n$/)
  })

  it('as JSON on standard output, with --json', async () => {
    const folder = folderOf({ 'x.mjs': `export const definition = ${DEFINITION}` })
    const { status, stdout, stderr } = await postern(folder, 'check', 'x.mjs', '--json')
    expect([status, stderr]).toEqual([1, ''])
    expect(JSON.parse(stdout)).toEqual({
      file: 'x.mjs',
      faults: [
        {
          code: 'PATTERN_INVALID',
          path: 'routes[0].pattern',
          message: expect.any(String),
          fix: 'Write `/pets`.',
        },
        expect.objectContaining({ code: 'UNKNOWN_FIELD' }),
        expect.objectContaining({ code: 'NAME_INVALID' }),
      ],
    })
  })
})

function squeezed(text: string): string {
  return text.replace(/ {2,}/g, '  ').replace(/-{2,}/g, '--')
}
