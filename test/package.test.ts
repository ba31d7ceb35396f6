/** The subpaths stand in tsconfig.json, `paths`; what package.json says of them must say the same. */
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import tsconfig from '../tsconfig.json' with { type: 'json' }
import builds from '../tsup.config.js'

const SUBPATHS = Object.keys(tsconfig.compilerOptions.paths).map((name) => name.replace(/^postern\/?/, ''))

/** The files of `dist/`, for each of the two formats; types first, as a compiler takes what it finds first. */
function exported(subpath: string) {
  const file = `./dist/${subpath || 'index'}`
  return {
    import: { types: `${file}.d.ts`, default: `${file}.js` },
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
        expect(Object.keys(each), subpath).toEqual(['types', 'default'])
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
    const sources = Object.values(tsconfig.compilerOptions.paths).map(([source]) => source?.replace('./', ''))
    const entries = Object.fromEntries(SUBPATHS.map((subpath, index) => [subpath || 'index', sources[index]]))
    const [esm, cjs] = [builds].flat()
    expect(cjs).toMatchObject({ format: 'cjs', entry: entries })
    expect(cjs).toHaveProperty('entry', entries)
    expect(esm).toMatchObject({ format: 'esm', entry: entries })
  })

  it('documents each', () => {
    const sources = Object.values(tsconfig.compilerOptions.paths).map(([source]) => source?.replace('./', ''))
    expect(tsconfig.typedocOptions.entryPoints).toEqual(sources)
  })

  it('makes the program that package.json names', () => {
    expect(manifest.bin).toEqual({ postern: 'dist/cli.js' })
    expect([builds].flat()[0]).toHaveProperty('entry.cli', 'src/cli/main.ts')
  })
})
