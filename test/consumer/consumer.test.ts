import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { installPacked, type Project } from './packed.js'

const compiler = {
  typescript: manifest.devDependencies.typescript,
  '@types/node': manifest.devDependencies['@types/node'],
}

/** What each user has installed beside the package; whoever is on Express 4 has an older compiler too. */
const PROJECTS = {
  'Express 5': { ...compiler, express: '^5.0.0', '@types/express': '^5.0.0' },
  'Express 4': { ...compiler, typescript: '~5.9.0', express: '^4.18.0', '@types/express': '^4.17.0' },
  'no framework': compiler,
}

const TSC = 'node_modules/typescript/bin/tsc'
const STRICT = '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck false'
const TARGET = '--noEmit --target es2022 --lib es2023 --types node'

/** What needs a compiler of schemas, and an engine for patterns. */
const BUNDLED = `
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'
const Pet = { type: 'object', properties: { name: { pattern: '^(a+)+$' } } }
const gateway = createGateway({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet } })
const post = (name) => send(gateway, 'POST /pets', { json: { name } }).then(({ status }) => status)
Promise.all([post('aa'), post('b')]).then((statuses) => console.log(String(statuses)))
`

/** One gateway, however its modules ask for it; and what has been loaded of it by when. */
const SHARED = `
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import * as imported from 'postern'
import { toNode } from 'postern/node'
const require = createRequire(import.meta.url)
const parts = () => Object.keys(require.cache).map((file) => basename(file)).filter((file) => file.startsWith('part-')).sort()
const tell = (what) => console.log(what + ', with ' + parts().join(' '))
const { createGateway, route } = imported
const same = Object.entries(require('postern')).every(([name, value]) => imported[name] === value)
tell(same && require('postern/node').toNode === toNode ? 'the same' : 'two of them')
createGateway({ routes: [route('GET /pets', { cache: { ttl: 5 } }, () => [])] })
tell('a cache')
createGateway({ routes: [route('POST /pets', { authorize: () => ({ principal: 'ada' }), body: 'Pet' }, () => [])], models: { Pet: {} } })
tell('all')
`

/** The ways in which a compiler looks a package up: what the source file is called, and the flags. */
const RESOLUTIONS = {
  'nodenext, from an ES module': ['mts', '--module nodenext'],
  'nodenext, from CommonJS': ['cts', '--module nodenext'],
  bundler: ['ts', '--module esnext --moduleResolution bundler'],
} as const

describe.each(Object.entries(PROJECTS))('a project with %s', (name, dependencies) => {
  const part = name === 'no framework' ? 'bare' : 'express'
  let project: Project

  beforeAll(async () => {
    project = await installPacked(dependencies)
  })

  afterAll(() => project?.[Symbol.asyncDispose]())

  it('is all ASCII, without which Node would keep its source at twice the size', async () => {
    const dist = join(project.folder, 'node_modules/postern/dist')
    const files = (await readdir(dist)).filter((file) => /\.c?js$/.test(file))
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) {
      const odd = [...(await readFile(join(dist, file), 'utf8'))].find((character) => character > '\x7f')
      expect(odd, file).toBeUndefined()
    }
  })

  it('has Node load nothing for an import that only a gateway needs', async () => {
    const heavy = '/ (crypto|zlib|http)$/'
    const code = `await import('postern'); console.log(process.moduleLoadList.filter((name) => ${heavy}.test(name)))`
    const run = project.run('node', '--input-type=module', '--eval', code)
    expect(await run).toEqual({ stdout: '[]\n', stderr: '' })
  })

  it('is one in a process, whether it is imported or required, and loads its parts with who asks for them', async () => {
    const { stdout } = await project.run('node', '--input-type=module', '--eval', SHARED)
    expect(stdout.split('\n')).toEqual([
      'the same, with ',
      'a cache, with part-cache.cjs',
      'all, with part-authorize.cjs part-cache.cjs part-validate.cjs',
      '',
    ])
  })

  it('runs the package as ES modules', async () => {
    expect(await project.run('node', `${part}.mjs`)).toEqual({ stdout: 'ok\n', stderr: '' })
  })

  it('runs the package as CommonJS, where ES modules cannot be required', async () => {
    const run = project.run('node', '--no-experimental-require-module', `${part}.cjs`)
    expect(await run).toEqual({ stdout: 'ok\n', stderr: '' })
  })

  it.each(['esm', 'cjs'] as const)('runs in one file, away from all packages, as %s', async (format) => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-bundle-'))
    const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
    const stdin = { contents: BUNDLED, resolveDir: project.folder }
    await build({
      stdin,
      outfile,
      format,
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
    })
    expect(await project.run('node', outfile)).toEqual({ stdout: '200,400\n', stderr: '' })
    await rm(folder, { recursive: true })
  })

  it.each(Object.entries(RESOLUTIONS))(
    'compiles strictly, the types of libraries too: %s',
    async (_, [ending, flags]) => {
      for (const source of new Set(['bare', part])) {
        const file = join('types', `${source}.${ending}`)
        if (ending !== 'ts') {
          await copyFile(join(project.folder, 'types', `${source}.ts`), join(project.folder, file))
        }
        const given = `${STRICT} ${TARGET} ${flags}`.split(' ')
        expect(await project.run('node', TSC, ...given, file)).toEqual({
          stdout: '',
          stderr: '',
        })
      }
    },
  )
})
