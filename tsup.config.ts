import { defineConfig, type Options } from 'tsup'

/** A subpath each. */
const ADAPTERS = ['express', 'fastify', 'fetch', 'koa', 'node']

const shared: Options = {
  entry: {
    index: 'src/index.ts',
    ...Object.fromEntries(ADAPTERS.map((name) => [name, `adapters/${name}.ts`])),
    testing: 'src/testing.ts',
  },
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  // TypeScript 6 deprecates `baseUrl`, which tsup sets when it emits declarations.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
}

/**
 * In each format, what two entries use lies in a chunk that they share, so that a class exists once and
 * `instanceof` holds across subpaths.
 */
export default defineConfig([
  { ...shared, format: 'esm', splitting: true },
  {
    ...shared,
    format: 'cjs',
    // These are ESM only, which Jest, for one, cannot require: the CJS build brings its own.
    noExternal: ['path-to-regexp', 'jose'],
    // tsup's own splitting of CJS also rewrites `?.` and `??` into slow helper calls. So esbuild splits
    // ES modules, and rollup, which is what `treeshake` means here, makes each of them CJS.
    splitting: false,
    treeshake: true,
    esbuildOptions: (options) => {
      options.splitting = true
    },
  },
])
