import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Gateway } from 'postern'
import * as package_ from 'postern'
import { send } from 'postern/testing'
import ts from 'typescript'
import { describe, expect, it, vi } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { FRAMEWORKS, isFramework } from '../../src/cli/frameworks.js'
import { nodeLoadsTypeScript } from '../../src/cli/typescript.js'
import { folderOf, postern } from './support.js'

vi.mock('../../src/cli/typescript.js', { spy: true })

const NAMES = Object.keys(FRAMEWORKS).filter(isFramework)

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8')

/** The lines that mount it, as they are printed, or those below another heading. */
function mount(stdout: string, heading = 'Mount it'): string {
  const [, lines = ''] =
    new RegExp(`^${heading} [^\\n]*[:.]\\n\\n([\\s\\S]*?)\\n\\n(?=\\S)`, 'm').exec(stdout) ?? []
  return lines.replace(/^ {2}/gm, '')
}

describe('postern init takes the framework of package.json', () => {
  it.each([
    [{ dependencies: { express: '^5' } }, 'Express', ''],
    [{ dependencies: { koa: '^3' } }, 'Koa', ''],
    [{ dependencies: { fastify: '^5' } }, 'Fastify', ''],
    [{ dependencies: { next: '^16', react: '^19' } }, 'Next.js', ''],
    [{ dependencies: { hono: '^4' } }, 'Hono', ''],
    [{ peerDependencies: { express: '^5' } }, 'Express', ''],
    [{ dependencies: { '@nestjs/platform-express': '^11' } }, 'Express', ''],
    [{ dependencies: { koa: '^3' }, devDependencies: { express: '^5' } }, 'Koa', ''],
    [{ devDependencies: { express: '^5' } }, 'Express', ''],
    [{}, 'node:http', ' (package.json names no framework; choose one with --framework)'],
    [
      { dependencies: 'none' },
      'node:http',
      ' (package.json names no framework; choose one with --framework)',
    ],
    [
      { dependencies: { express: '^5', next: '^16' } },
      'Next.js',
      ' (package.json also names express; choose with --framework)',
    ],
  ])('%j: %s', async (project, title, why) => {
    const { status, stdout, stderr } = await postern(folderOf({ 'package.json': project }), 'init')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.split('\n', 1)[0]).toMatch(/^Wrote gateway\.m?js, /)
    expect(stdout.split('\n', 1)[0]).toMatch(
      new RegExp(`, a gateway for ${title}${why.replace(/[()]/g, '\\$&')}\\.$`),
    )
  })

  it('or the one that is asked for', async () => {
    const folder = folderOf({ 'package.json': { dependencies: { express: '^5', koa: '^3' } } })
    const { stdout } = await postern(folder, 'init', '-f', 'express')
    expect(stdout).toContain('Wrote gateway.js, a gateway for Express.\n')
    expect(mount(stdout)).toContain('app.use(toExpress(gateway))')
  })
})

describe('postern init writes the file that the project needs', () => {
  const esm = { type: 'module', dependencies: { express: '^5' } }
  const commonJs = { dependencies: { express: '^5' } }
  const next = { dependencies: { next: '^16' } }

  it.each([
    ['ES modules', { 'package.json': esm }, 'gateway.js', "import { gateway } from './gateway.js'"],
    ['CommonJS', { 'package.json': commonJs }, 'gateway.js', "const { gateway } = require('./gateway.js')"],
    [
      'TypeScript as ES modules, with src',
      { 'package.json': esm, 'tsconfig.json': '{}', 'src/app.ts': '' },
      'src/gateway.ts',
      "import { gateway } from './gateway.js'",
    ],
    [
      'TypeScript as CommonJS',
      { 'package.json': { ...commonJs, devDependencies: { typescript: '^6' } } },
      'gateway.ts',
      "import { gateway } from './gateway'",
    ],
    ['Next.js', { 'package.json': next }, 'gateway.mjs', "import { gate } from '../../../gateway.mjs'"],
    [
      'Next.js with TypeScript and src',
      { 'package.json': next, 'tsconfig.json': '{}', 'src/app/page.tsx': '' },
      'src/gateway.ts',
      "import { gate } from '../../../gateway'",
    ],
    [
      'Next.js with a folder src that its routes are not in',
      { 'package.json': next, 'tsconfig.json': '{}', 'src/lib.ts': '', 'app/page.tsx': '' },
      'gateway.ts',
      "import { gate } from '../../../gateway'",
    ],
  ])('%s', async (_, files, file, importing) => {
    const folder = folderOf(files)
    const { status, stdout } = await postern(folder, 'init')
    expect(status).toBe(0)
    expect(stdout).toContain(`Wrote ${file}, `)
    expect(mount(stdout).split('\n')).toContain(importing)
    const isCommonJs = importing.startsWith('const')
    expect(read(folder, file)).toMatch(
      isCommonJs ? /^const .* = require\('postern'\)$/m : /^import .* from 'postern'$/m,
    )
  })

  it('and names the files of Next.js that it belongs in', async () => {
    const folder = folderOf({ 'package.json': next, 'tsconfig.json': '{}', 'src/app/page.tsx': '' })
    const { stdout } = await postern(folder, 'init')
    expect(stdout).toContain('Mount it in a route handler of its own, src/app/api/[...path]/route.ts:\n')
    expect(stdout).toContain('Load it when the server starts, in src/instrumentation.ts: ')
    expect(mount(stdout, 'Load it')).toContain("await import('./gateway')")
  })

  it('and says of an app behind it which of its methods are refused', async () => {
    const folder = folderOf({ 'package.json': esm })
    await postern(folder, 'init')
    expect(read(folder, 'gateway.js')).toContain(
      '// Other methods of a path that has a route are 405: name them too.\n',
    )
    const { gateway } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'gateway.js')).href)
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const said = [await send(gateway, 'POST /'), await send(gateway, 'POST /other')]
    vi.restoreAllMocks()
    expect(said.map(({ status }) => status)).toEqual([405, 200])
  })
})

describe('postern init in a project of TypeScript', () => {
  /** As `tsc --init` writes it, comments and commas included. */
  const verbatim = `{
  // Visit https://aka.ms/tsconfig to read more about this file
  "compilerOptions": {
    "module": "nodenext", /* "module": "esnext", */
    "verbatimModuleSyntax": true,
  },
}`
  const commonJs = { type: 'commonjs', devDependencies: { typescript: '^7' } }
  const FIX = '\n  npm pkg set type=module\n'

  it.each([
    ['the project itself', { 'tsconfig.json': verbatim }],
    ['a file beside it', { 'tsconfig.json': '{ "extends": "./base" }', 'base.json': verbatim }],
    [
      'a package',
      {
        'tsconfig.json': { extends: ['@tsconfig/node24'], compilerOptions: { strict: true } },
        'node_modules/@tsconfig/node24/tsconfig.json': verbatim,
      },
    ],
  ])('says what it needs to compile where %s asks for it', async (_, files) => {
    const { stdout } = await postern(folderOf({ 'package.json': commonJs, ...files }), 'init')
    expect(stdout).toContain(FIX)
    expect(mount(stdout)).toContain("import { gateway } from './gateway.js'")
  })

  it.each([
    ['where package.json says so already', { type: 'module' }, verbatim],
    ['where nothing is verbatim', commonJs, verbatim.replace('true', 'false')],
    ['where a bundler decides', commonJs, verbatim.replace('nodenext', 'preserve')],
    ['where tsconfig.json cannot be read', commonJs, '{'],
    ['where it extends itself', commonJs, '{ "extends": "./tsconfig.json" }'],
  ])('and nothing %s', async (_, manifest, tsconfig) => {
    const files = { 'package.json': manifest, 'tsconfig.json': tsconfig }
    expect((await postern(folderOf(files), 'init')).stdout).not.toContain(FIX)
  })

  const TSX = 'npx tsx node_modules/postern/dist/cli.js check'
  it.each([
    [true, { type: 'module' }, '{}', 'npx postern check'],
    [true, {}, '{}', 'npx postern check'],
    [true, commonJs, '{}', TSX],
    [true, commonJs, verbatim, 'npx postern check'],
    [false, { type: 'module' }, '{}', TSX],
    [false, {}, verbatim, TSX],
  ])('names the check that works: Node loads .ts %s, %j, %s', async (loads, manifest, tsconfig, line) => {
    vi.mocked(nodeLoadsTypeScript).mockReturnValueOnce(loads)
    const files = { 'package.json': manifest, 'tsconfig.json': tsconfig }
    const { stdout } = await postern(folderOf(files), 'init')
    expect(stdout).toContain(`\nThen try:\n\n  ${line}\n`)
  })
})

describe('postern init never takes what is not its own', () => {
  const project = { 'package.json': { type: 'module', dependencies: { express: '^5' } } }

  it('leaves a file alone that is there, and says how to overwrite it', async () => {
    const folder = folderOf({ ...project, 'gateway.js': '// mine\n' })
    expect(await postern(folder, 'init')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'postern: gateway.js is there already. Nothing was written; --force overwrites it\n',
    })
    expect(read(folder, 'gateway.js')).toBe('// mine\n')

    expect((await postern(folder, 'init', '--force')).status).toBe(0)
    expect(read(folder, 'gateway.js')).toContain('createGateway')
  })

  it.each([
    [
      'without a package.json',
      {},
      'there is no package.json here. Go to the folder of your app, or make one: npm init --yes',
    ],
    [
      'where package.json is a list',
      { 'package.json': '[]' },
      'package.json holds no object. Make another one: npm init --yes',
    ],
  ])('%s names the fix and writes nothing', async (_, files, message) => {
    const folder = folderOf(files)
    const ran = await postern(folder, 'init')
    expect(ran).toEqual({ status: 1, stdout: '', stderr: `postern: ${message}\n` })
    expect(existsSync(join(folder, 'gateway.js'))).toBe(false)
  })

  it('says what is wrong with a package.json that is no JSON', async () => {
    const { status, stderr } = await postern(folderOf({ 'package.json': '{ "type": }' }), 'init')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^postern: package\.json cannot be read: [^\n]+\n$/)
  })
})

/** What a first gateway does with the requests that `init` proposes. */
async function answers(gateway: Gateway) {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const open = await send(gateway, 'GET /hello/world')
  const closed = await send(gateway, 'POST /hello')
  const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const named = await send(gateway, 'POST /hello', { apiKey: value })
  vi.restoreAllMocks()
  expect([open.status, open.json()]).toEqual([200, { hello: 'world' }])
  expect(closed.status).toBe(403)
  expect([named.status, named.json()]).toEqual([200, { hello: 'acme' }])
  expect(named.headers.ratelimit).toBeDefined()
}

describe.each(NAMES)('the first gateway for %s', (name) => {
  it('answers as it stands, as an ES module', async () => {
    const folder = folderOf({ 'package.json': { type: 'module' } })
    await postern(folder, 'init', '--framework', name)
    const { gateway } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'gateway.js')).href)
    await answers(gateway)
  })

  it('is checked by postern check right away', async () => {
    const folder = folderOf({ 'package.json': { type: 'module' } })
    await postern(folder, 'init', '--framework', name)
    const { status, stdout, stderr } = await postern(folder, 'check')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^ {2}POST +\/hello +any plan .* handler$/m)
  })
})

describe('the first gateway in CommonJS', () => {
  it.each(NAMES.filter((name) => name !== 'next'))('answers, for %s', async (name) => {
    const folder = folderOf({ 'package.json': {} })
    const { stdout } = await postern(folder, 'init', '--framework', name)
    const module: { exports: { gateway?: Gateway } } = { exports: {} }
    const require = vi.fn(() => package_)
    new Function('require', 'module', read(folder, 'gateway.js'))(require, module)
    expect(require.mock.calls).toEqual([['postern']])
    if (module.exports.gateway === undefined) throw new Error('nothing is exported')
    await answers(module.exports.gateway)
    expect(mount(stdout)).not.toContain('import ')
  })
})

/** What stands around the printed lines in an app: it answers `GET /` by itself. */
const AROUND: Readonly<Record<string, readonly [before: string, after: string]>> = {
  express: [
    "import express from 'express'\nconst app = express()",
    "app.get('/', (_req, res) => void res.send('the app'))\napp.listen(3000)",
  ],
  koa: [
    "import Koa from 'koa'\nconst app = new Koa()",
    "app.use((ctx) => {\n  ctx.body = 'the app'\n})\napp.listen(3000)",
  ],
  fastify: [
    "import Fastify from 'fastify'",
    "app.get('/', async () => 'the app')\nvoid app.listen({ port: 3000 })",
  ],
  hono: [
    "import { serve } from '@hono/node-server'\nimport { Hono } from 'hono'\nconst app = new Hono().get('/', (c) => c.text('the app'))",
    '',
  ],
  node: ["const app: import('node:http').RequestListener = (_req, res) => res.end('the app')", ''],
  next: ['', ''],
}

/** An app in a folder of its own, with the lines that init prints. `undefined` where the package has no such adapter. */
async function appOf(name: string): Promise<string | undefined> {
  const folder = folderOf({ 'package.json': { type: 'module' }, 'tsconfig.json': '{}' })
  const { stdout } = await postern(folder, 'init', '--framework', name)
  const lines = mount(stdout).replace(/'(?:\.\.?\/)+gateway(?:\.js)?'/, "'./gateway.js'")
  const subpaths = [...`${read(folder, 'gateway.ts')}${lines}`.matchAll(/'postern(\/\w+)'/g)].map(
    ([, subpath]) => `.${subpath}`,
  )
  expect(subpaths).toHaveLength(1)
  if (!subpaths.every((subpath) => Object.hasOwn(manifest.exports, subpath))) return undefined
  const [before, after] = AROUND[name] ?? []
  writeFileSync(join(folder, 'app.ts'), `${before}\n${lines}\n${after}\n`)
  return folder
}

describe('the first gateway for Next.js', () => {
  it('is asked below its folder, by the paths that are printed', async () => {
    const folder = folderOf({ 'package.json': { type: 'module', dependencies: { next: '^16' } } })
    const { stdout } = await postern(folder, 'init')
    const { gate } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'gateway.js')).href)
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const lines = [...stdout.matchAll(/^ {2}curl -i (?:-X (\w+) )?(http:\S+)/gm)]
    const said = lines.map(async ([, method = 'GET', url = '']) => {
      // Next hands a catch-all what lies below its folder.
      const [, ...path] = new URL(url).pathname.split('/').slice(1)
      const answer = await gate[method](new Request(url, { method }), { params: Promise.resolve({ path }) })
      return `${answer.status} ${await answer.text()}`
    })
    expect(await Promise.all(said)).toEqual(['200 {"hello":"world"}', '403 {"message":"Forbidden"}'])
    vi.restoreAllMocks()
  })
})

describe('what postern init writes and prints', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)

  it('compiles under strict, for each adapter that the package has', { timeout: 120_000 }, async () => {
    const folders = (await Promise.all(NAMES.map(appOf))).filter((folder) => folder !== undefined)
    expect(folders.length).toBeGreaterThanOrEqual(5)
    const files = folders.flatMap((folder) => [join(folder, 'gateway.ts'), join(folder, 'app.ts')])
    const said = ts
      .getPreEmitDiagnostics(ts.createProgram(files, { ...options, exactOptionalPropertyTypes: true }))
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      )
    expect(said).toEqual([])
  })

  it.each(NAMES.filter((name) => name !== 'next'))(
    'guards an app of %s',
    { timeout: 20_000 },
    async (name) => {
      const folder = await appOf(name)
      if (folder === undefined) throw new Error('the package has no such adapter')
      const { listen } = Server.prototype
      const server = await new Promise<Server>((resolve, reject) => {
        // Port 3000 may be somebody's.
        vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
          return Reflect.apply(listen, this, [0, '127.0.0.1', () => resolve(this)])
        })
        vi.spyOn(process.stdout, 'write').mockReturnValue(true)
        import(/* @vite-ignore */ pathToFileURL(join(folder, 'app.ts')).href).catch(reject)
      })
      const { port } = server.address() as AddressInfo
      const ask = async (path: string, method = 'GET') => {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method })
        return `${answer.status} ${await answer.text()}`
      }
      try {
        expect(await ask('/')).toBe('200 the app')
        expect(await ask('/hello/world')).toBe('200 {"hello":"world"}')
        expect(await ask('/hello', 'POST')).toBe('403 {"message":"Forbidden"}')
      } finally {
        vi.restoreAllMocks()
        server.closeAllConnections()
        server.close()
      }
    },
  )
})
