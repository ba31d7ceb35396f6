/** The router by itself, bundled from source: the package does not export it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'tsup'

/** @returns {Promise<typeof import('./internals.ts')>} */
export async function internals() {
  // Within the package: what is loaded when it is first needed must be found from there.
  const outDir = mkdtempSync(fileURLToPath(new URL('../../node_modules/.postern-bench-', import.meta.url)))
  try {
    const entry = [fileURLToPath(new URL('./internals.ts', import.meta.url))]
    // Bundled with all it imports: from there, nothing could be found.
    /** @type {import('tsup').Options} */
    const output = { outDir, format: 'esm', outExtension: () => ({ js: '.mjs' }) }
    // What is CommonJS cannot be bundled into an ES module that Node is to run.
    const bundled = { noExternal: [/^(?!velocityjs$)/], external: ['velocityjs'] }
    await build({ config: false, silent: true, entry, ...output, target: 'node20', ...bundled })
    return await import(pathToFileURL(join(outDir, 'internals.mjs')).href)
  } finally {
    rmSync(outDir, { recursive: true })
  }
}
