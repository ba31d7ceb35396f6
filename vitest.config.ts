import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { lowerDecorators } from './test/lowering.js'
import tsconfig from './tsconfig.json' with { type: 'json' }

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [lowerDecorators()],
  resolve: {
    // The tests use the package by its own name, straight from the source: nothing has to be built.
    alias: Object.entries(tsconfig.compilerOptions.paths).map(([name, [source]]) => ({
      find: new RegExp(`^${name}$`),
      replacement: at(`${source}`),
    })),
  },
  test: {
    reporters: ['default', at('./test/contract/reporter.ts')],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'examples/testing/vitest/**/*.test.js'],
          exclude: ['test/{consumer,next,smoke}/**'],
        },
      },
      {
        // What needs a built package and a registry.
        test: {
          name: 'package',
          include: ['test/{consumer,next,smoke}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
