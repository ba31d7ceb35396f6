import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { lowerDecorators } from './test/lowering.js'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [lowerDecorators()],
  resolve: {
    // The tests use the package by its own name, straight from the source: nothing has to be built.
    alias: [
      { find: /^postern$/, replacement: at('./src/index.ts') },
      { find: /^postern\/(express|fastify|fetch|koa|node)$/, replacement: at('./adapters/$1.ts') },
      { find: /^postern\/testing$/, replacement: at('./src/testing.ts') },
    ],
  },
  test: {
    reporters: ['default', at('./test/contract/reporter.ts')],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/consumer/**', 'test/smoke/**'],
        },
      },
      {
        // What needs a built package and a registry.
        test: {
          name: 'package',
          include: ['test/{consumer,smoke}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
