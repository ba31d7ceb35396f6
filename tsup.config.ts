import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { defineConfig, type Options } from 'tsup'

/** The package's subpaths: these files of `dist/`. tsconfig.json and package.json name the same, see test/package.test.ts. */
const shared = {
  entry: {
    index: 'src/index.ts',
    aws: 'src/aws.ts',
    express: 'adapters/express.ts',
    fastify: 'adapters/fastify.ts',
    fetch: 'adapters/fetch.ts',
    http: 'src/http.ts',
    koa: 'adapters/koa.ts',
    lambda: 'src/lambda.ts',
    mock: 'src/mock.ts',
    next: 'adapters/next.ts',
    node: 'adapters/node.ts',
    openapi: 'src/openapi.ts',
    testing: 'src/testing.ts',
  },
  target: 'node20',
  platform: 'node',
  // Workers and Deno have no `crypto` but `node:crypto`.
  removeNodeProtocol: false,
  // Which of its files that is, the import map of package.json says.
  external: ['#packages', '#openapi', '#parts'],
  sourcemap: true,
} satisfies Options

/** What the core loads late. */
const PARTS = {
  'part-authorize': 'src/parts/authorize.ts',
  'part-cache': 'src/parts/cache.ts',
  'part-validate': 'src/parts/validate.ts',
}

const dts: Options['dts'] = {
  entry: shared.entry,
  // TypeScript 6 deprecates `baseUrl`, which tsup sets when it emits declarations.
  compilerOptions: { ignoreDeprecations: '6.0' },
}

/** Rollup leaves `import()` in CJS as it is, which Jest, for one, refuses to run. What is loaded late there is CJS, too. */
const requireLate: NonNullable<Options['plugins']>[number] = {
  name: 'require-late',
  async buildEnd({ writtenFiles }) {
    for (const { name } of writtenFiles) {
      if (!name.endsWith('.cjs')) continue
      const code = await readFile(name, 'utf8')
      const required = code.replace(
        /\bimport\(('\.\/[^']+\.cjs')\)/g,
        'Promise.resolve().then(() => require($1))',
      )
      if (required !== code) await writeFile(name, required)
    }
  },
}

/**
 * What `import` gets in Node: the CommonJS build by its names. A process has one copy of the gateway, however its modules
 * ask for it, and the core's parts are loaded late for all.
 */
const importShared: NonNullable<Options['plugins']>[number] = {
  name: 'import-shared',
  async buildEnd({ writtenFiles }) {
    const built = new Map(writtenFiles.map(({ name }) => [basename(name), name]))
    for (const entry of Object.keys(shared.entry)) {
      const file = built.get(`${entry}.cjs`)
      if (file === undefined) throw new Error(`${entry}.cjs was not built`)
      const code = await readFile(file, 'utf8')
      const names = [...code.matchAll(/^exports\.(\w+) = |^Object\.defineProperty\(exports, "(\w+)"/gm)]
        .map(([, own, other]) => own ?? other)
        .filter((name) => name !== '__esModule')
      if (names.length === 0) throw new Error(`${entry}.cjs exports nothing`)
      const text = `export { ${names.sort().join(', ')} } from './${entry}.cjs'\n`
      await writeFile(file.replace(/cjs$/, 'node.js'), text)
    }
  },
}

/**
 * Small, and brought along. The one is CommonJS, and the first such module that an ES module imports has Node load a
 * lexer for it, which was a third of this package's time to load; of the other only its grammar is used.
 */
const INLINED = ['ipaddr.js', 'path-to-regexp']

/**
 * In each format, what two entries use lies in a chunk that they share, so that a class exists once and
 * `instanceof` holds across subpaths.
 */
export default defineConfig([
  {
    ...shared,
    entry: {
      ...shared.entry,
      // A program: run, never imported.
      cli: 'src/cli/main.ts',
      packages: 'src/packages.ts',
      'packages-bundled': 'src/packages-bundled.js',
      'openapi-late': 'src/openapi-late.ts',
      'openapi-bundled': 'src/openapi-bundled.js',
      parts: 'src/parts.ts',
      // Of use without a gateway: in files of their own, so that a bundler which wants only these leaves the rest.
      digest: 'src/digest.ts',
      explain: 'src/explain.ts',
      policy: 'src/policy.ts',
      clock: 'src/testing/clock.ts',
    },
    dts,
    format: 'esm',
    splitting: true,
    noExternal: INLINED,
    external: [...shared.external, './packages.cjs', './openapi.js'],
  },
  {
    ...shared,
    entry: { ...shared.entry, ...PARTS },
    dts,
    format: 'cjs',
    // It is ESM only, which Jest, for one, cannot require: the CJS build brings its own.
    noExternal: [...INLINED, 'jose'],
    // tsup's own splitting of CJS also rewrites `?.` and `??` into slow helper calls. So esbuild splits
    // ES modules, and rollup, which is what `treeshake` means here, makes each of them CJS.
    splitting: false,
    treeshake: true,
    plugins: [requireLate, importShared],
    esbuildOptions: (options) => {
      options.splitting = true
    },
  },
  {
    ...shared,
    entry: {
      packages: 'src/packages.cjs',
      'openapi-late': 'src/openapi-late.cjs',
      parts: 'src/parts-late.cjs',
    },
    external: [...shared.external, './openapi.cjs', ...Object.keys(PARTS).map((name) => `./${name}.cjs`)],
    format: 'cjs',
    sourcemap: false,
    splitting: false,
  },
])
