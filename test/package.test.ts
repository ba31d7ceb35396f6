/** The subpaths stand in tsconfig.json, `paths`; what package.json says of them must say the same. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import * as packages from '#packages'
import * as parts from '#parts'
import manifest from '../package.json' with { type: 'json' }
import tsconfig from '../tsconfig.json' with { type: 'json' }
import builds from '../tsup.config.js'

const PATHS = Object.entries(tsconfig.compilerOptions.paths).filter(([name]) => /^postern\b/.test(name))
const SUBPATHS = PATHS.map(([name]) => name.replace(/^postern\/?/, ''))
const SOURCES = PATHS.map(([, [source]]) => source?.replace('./', ''))

const PART_FILES = {
  'part-authorize': 'src/parts/authorize.ts',
  'part-cache': 'src/parts/cache.ts',
  'part-validate': 'src/parts/validate.ts',
}

/** The files of `dist/`, for each of the two formats; types first, as a compiler takes what it finds first. */
function exported(subpath: string) {
  const file = `./dist/${subpath || 'index'}`
  return {
    import: {
      types: `${file}.d.ts`,
      // Bundlers know it, and get ES modules of which what nobody uses can be left out.
      module: `${file}.js`,
      // Node gets what `require` gets, lest a process have two gateways that do not know each other.
      node: `${file}.node.js`,
      default: `${file}.js`,
    },
    require: { types: `${file}.d.cts`, default: `${file}.cjs` },
  }
}

describe('package.json', () => {
  it('exports each subpath, in both formats, with types for both', () => {
    const expected = SUBPATHS.map((subpath) => [subpath ? `./${subpath}` : '.', exported(subpath)])
    expect(manifest.exports).toEqual({ ...Object.fromEntries(expected), './package.json': './package.json' })
  })

  it('has types before code in each of them', () => {
    for (const [subpath, formats] of Object.entries(manifest.exports)) {
      if (typeof formats === 'string') continue
      for (const each of Object.values(formats))
        expect([Object.keys(each)[0], Object.keys(each).at(-1)], subpath).toEqual(['types', 'default'])
    }
  })

  it('tells compilers that know no exports where the types of each subpath are', () => {
    const expected = SUBPATHS.filter((subpath) => subpath !== '').map((subpath) => [
      subpath,
      [`./dist/${subpath}.d.cts`],
    ])
    expect(manifest.typesVersions).toEqual({ '*': Object.fromEntries(expected) })
    expect([manifest.main, manifest.types]).toEqual(['./dist/index.cjs', './dist/index.d.cts'])
  })

  it('leaves every peer to the user', () => {
    const peers = Object.keys(manifest.peerDependencies)
    expect(manifest.peerDependenciesMeta).toEqual(
      Object.fromEntries(peers.map((peer) => [peer, { optional: true }])),
    )
  })
})

describe('the build', () => {
  it('makes the file of each subpath, of the source that the tests use', () => {
    const entries = Object.fromEntries(SUBPATHS.map((subpath, index) => [subpath || 'index', SOURCES[index]]))
    const [esm, cjs] = [builds].flat()
    expect(cjs).toMatchObject({ format: 'cjs', entry: entries })
    expect(cjs).toHaveProperty('entry', { ...entries, ...PART_FILES })
    expect(esm).toMatchObject({ format: 'esm', entry: entries })
  })

  it('documents each', () => {
    expect(tsconfig.typedocOptions.entryPoints).toEqual(SOURCES)
  })

  it('makes the program that package.json names', () => {
    expect(manifest.bin).toEqual({ postern: 'dist/cli.js' })
    expect([builds].flat()[0]).toHaveProperty('entry.cli', 'src/cli/main.ts')
  })
})

describe('#parts', () => {
  it('has the same parts for CommonJS, each of which is built', async () => {
    const code = await readFile(new URL('../src/parts-late.cjs', import.meta.url), 'utf8')
    const late = [...code.matchAll(/exports\.(\w+) = \(\) => require\('\.\/(part-\w+)\.cjs'\)/g)]
    expect(late.map(([, name]) => name).sort()).toEqual(Object.keys(parts).sort())
    expect(late.map(([, , built]) => built).sort()).toEqual(Object.keys(PART_FILES).sort())
  })
})

describe('#packages', () => {
  const bundled = createRequire(import.meta.url)('../src/packages.cjs')

  it('has the same in the file for bundlers as in the one for ES modules', () => {
    expect(Object.keys(bundled).sort()).toEqual(Object.keys(packages).sort())
    for (const [name, load] of Object.entries(packages)) expect(bundled[name](), name).toBe(load())
  })

  it('is all there where bundlers look for an ES module', async () => {
    const wrapped = await readFile(new URL('../src/packages-bundled.js', import.meta.url), 'utf8')
    const [, names = ''] = /export \{ (.*) \}/.exec(wrapped) ?? []
    expect(names.split(', ').sort()).toEqual(Object.keys(packages).sort())
  })
})
