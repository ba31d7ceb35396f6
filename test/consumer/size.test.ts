/** What a bundler makes of the package: how large each subpath is, what is left of it, what it pulls in. */
import { execFileSync } from 'node:child_process'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import tsconfig from '../../tsconfig.json' with { type: 'json' }

/**
 * Bytes of our own code, minified and gzipped, that each may have: what it has, and a tenth more. Without `#parts`, which
 * Node loads with the first definition that asks for them, and bundles have from the beginning.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  // 45,000 are wanted.
  'postern + postern/express': 70_500,
  // With policies and signatures, models and caches.
  'postern + postern/express + #parts': 128_500,
  postern: 63_500,
  'postern/aws': 41_500,
  'postern/express': 9_700,
  'postern/fastify': 12_700,
  'postern/fetch': 8_200,
  'postern/http': 42_000,
  'postern/koa': 10_000,
  'postern/lambda': 47_000,
  'postern/mock': 27_700,
  'postern/next': 18_500,
  'postern/node': 10_000,
  'postern/openapi': 130_000,
  // Signs and routes by the code of the core, which is there anyhow.
  'postern/testing': 17_000,
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const SUBPATHS = Object.keys(manifest.exports)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => subpath.replace('.', 'postern'))

const FRAMEWORKS = [
  ...Object.keys(manifest.peerDependencies),
  'express',
  'koa',
  'fastify',
  'next',
  'hono',
  '@nestjs',
]

interface Bundle {
  readonly text: string
  readonly gzipped: number
  /** Packages, and modules of Node, that it imports. */
  readonly imports: readonly string[]
  /** Files of `dist/` that something of is in it. */
  readonly files: readonly string[]
}

const SOURCES: Readonly<Record<string, readonly string[]>> = tsconfig.compilerOptions.paths

const BUNDLED: Readonly<Record<string, string>> = {
  '#openapi': manifest.imports['#openapi'].import.module,
  '#packages': manifest.imports['#packages'].import.module,
  '#parts': manifest.imports['#parts'].default,
}
const built = (name: string) => BUNDLED[name] ?? `./dist/${name.slice('postern/'.length) || 'index'}.js`
/** The build brings small dependencies along; the source has our own code alone. */
const source = (name: string) => SOURCES[name]?.[0] ?? name

/**
 * @param code with `'postern/…'` for the package's own files; dependencies stay outside
 * @param fileOf which files these are
 * @param late whether the parts that are loaded late are left out
 */
async function bundle(code: string, fileOf = built, late = false): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: code, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    metafile: true,
    logLevel: 'silent',
    tsconfigRaw: '{}',
    plugins: [
      {
        name: 'the built package',
        setup({ onResolve, resolve }) {
          onResolve({ filter: /^postern(\/|$)/ }, ({ path, resolveDir }) =>
            resolve(fileOf(path), { resolveDir, kind: 'import-statement' }),
          )
          onResolve({ filter: /^#/ }, ({ path }) =>
            path === '#parts' && late
              ? { path, external: true }
              : resolve(fileOf(path), { resolveDir: ROOT, kind: 'import-statement' }),
          )
          onResolve({ filter: /^[^./]/ }, ({ path }) => ({ path, external: true }))
        },
      },
    ],
  })
  expect(warnings.filter(({ id }) => id !== 'ignored-bare-import')).toEqual([])
  const [output] = Object.values(metafile.outputs)
  const [file] = outputFiles
  if (output === undefined || file === undefined) throw new Error('nothing was bundled')
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return {
    text: file.text,
    gzipped: gzipSync(file.contents, { level: 9 }).length,
    imports: [...new Set(output.imports.map(({ path }) => path))],
    files: inputs.map(([name]) => name).filter((name) => name.startsWith('dist/')),
  }
}

const whole = (names: readonly string[], fileOf = built, late = false) =>
  bundle(names.map((name) => `export * from '${name}'`).join('\n'), fileOf, late)

describe('minified and gzipped, without its dependencies', () => {
  const measured: Record<string, { gzipped: number; budget: number | undefined; minified: number }> = {}

  afterAll(() => {
    const rows = Object.entries(measured).map(
      ([name, { gzipped, budget, minified }]) =>
        `${name.padEnd(28)}${String(gzipped).padStart(8)} of ${String(budget).padStart(7)} bytes (minified ${minified})`,
    )
    process.stdout.write(`\n${rows.join('\n')}\n`)
  })

  it.each([...new Set([...Object.keys(BUDGETS), ...SUBPATHS])])(
    '%s keeps within its budget',
    async (name) => {
      const budget = BUDGETS[name]
      const names = name.split(' + ')
      const { gzipped, text } = await whole(names, source, !names.includes('#parts'))
      measured[name] = { gzipped, budget, minified: text.length }
      expect(budget, `${name} has ${gzipped} bytes and no budget: give it one`).toBeDefined()
      expect(gzipped).toBeLessThanOrEqual(budget ?? 0)
      expect(gzipped, 'the budget is too generous to say anything').toBeGreaterThan((budget ?? 0) * 0.7)
    },
  )
})

describe('tree-shaking', () => {
  it.each(SUBPATHS)('leaves nothing of %s where nothing of it is used', async (name) => {
    expect((await bundle(`import '${name}'`)).text).toBe('')
  })

  it.each([
    ['digestApiKey', 300],
    ['route', 300],
    ['define', 300],
  ])('leaves of postern little more than %s, where that alone is used', async (name, most) => {
    const { text, gzipped, imports } = await bundle(`import { ${name} } from 'postern'\nexport { ${name} }`)
    expect(text).toContain(name)
    expect(gzipped).toBeLessThan(most)
    expect(imports.filter((each) => !isNodes(each))).toEqual([])
  })

  it('leaves of postern/testing little more than the clock, where that alone is used', async () => {
    const { gzipped } = await bundle("import { testClock } from 'postern/testing'\nexport { testClock }")
    expect(gzipped).toBeLessThan(600)
  })
})

describe('what runs', () => {
  it.each(SUBPATHS)('in %s imports dependencies and Node, and no framework', async (name) => {
    const { imports } = await whole([name])
    // Asked for late, and only where credentials are to be found that nobody gives.
    const dependencies = [...Object.keys(manifest.dependencies), '@aws-sdk']
    const others = imports.filter(
      (each) => !isNodes(each) && !dependencies.includes(each.split('/')[0] ?? ''),
    )
    expect(others).toEqual([])
    for (const framework of FRAMEWORKS) expect(dependencies).not.toContain(framework)
  })

  it('in postern is nothing of an adapter, of the tests’ tools or of the program', async () => {
    const { files } = await whole(['postern'])
    expect(files.length).toBeGreaterThan(0)
    const others = SUBPATHS.slice(1).map((name) => name.replace('postern/', ''))
    for (const other of ['cli', ...others]) expect(files).not.toContain(`dist/${other}.js`)
  })

  it('in an adapter is no second copy of the gateway', async () => {
    const [gateway, both] = [await whole(['postern']), await whole(['postern', 'postern/express'])]
    const adapter = await whole(['postern/express'])
    expect(both.text.length).toBeLessThanOrEqual(gateway.text.length + adapter.text.length)
    expect(adapter.text.length).toBeLessThan(gateway.text.length / 5)
  })
})

function isNodes(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name)
}

describe('one bundle', () => {
  const CODE = `
    const gateway = createGateway({
      routes: [route('GET /pets', { authorize: () => ({ principal: 'ada' }), cache: true, parameters: { query: { a: true } } })],
    })
    let fault
    try {
      createGateway({ routes: [route('GET /pets', { body: 'Pet', cache: { ttl: 'x' } })] })
    } catch (error) {
      fault = error instanceof DefinitionError && error.faults.map(({ code }) => code).join()
    }
    console.log(gateway.routes.length, fault)`

  it.each([
    ['CommonJS', `const { createGateway, route, DefinitionError } = require('postern')${CODE}`],
    ['ES modules', `import { createGateway, route, DefinitionError } from 'postern'${CODE}`],
  ])('of an app in %s has one core', async (_, contents) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: ROOT },
      ...{
        bundle: true,
        platform: 'node',
        format: 'cjs',
        write: false,
        logLevel: 'silent',
        tsconfigRaw: '{}',
      },
    })
    const told = execFileSync(process.execPath, ['--input-type=commonjs'], { input: outputFiles[0]?.text })
    expect(String(told)).toBe('1 MODEL_UNKNOWN,DURATION_INVALID\n')
  })
})
