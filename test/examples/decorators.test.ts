/** The example with decorators, compiled as its users would: into one file, by esbuild. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** One file has one copy of the package, so what the test sends with is in it, too. */
const ENTRY = `
export { petStore } from './examples/decorators/gateway.ts'
export { send, testClock } from 'postern/testing'
`

type Bundle = typeof import('../../examples/decorators/gateway.js') & typeof import('postern/testing')

describe.each([false, true])('a pet store by decorators, experimental: %s', (experimentalDecorators) => {
  let folder: string
  let petStore: Bundle['petStore']
  let send: Bundle['send']
  let testClock: Bundle['testClock']

  beforeAll(async () => {
    folder = mkdtempSync(join(root, 'node_modules/.postern-'))
    const outfile = join(folder, 'gateway.mjs')
    await build({
      stdin: { contents: ENTRY, resolveDir: root },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      // Straight from the source, as the other tests have it.
      alias: {
        postern: join(root, 'src/index.ts'),
        'postern/testing': join(root, 'src/testing.ts'),
        '#openapi': join(root, 'src/openapi-late.ts'),
        '#packages': join(root, 'src/packages.ts'),
        '#parts': join(root, 'src/parts.ts'),
      },
      packages: 'external',
      tsconfigRaw: { compilerOptions: { experimentalDecorators } },
    })
    ;({ petStore, send, testClock } = await import(/* @vite-ignore */ pathToFileURL(outfile).href))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('lists pets, by what the query asks for', async () => {
    const gateway = petStore({ clock: testClock() })
    expect((await send(gateway, 'GET /prod/pets?limit=1')).json()).toEqual([
      { id: '1', name: 'Rex', kind: 'dog' },
    ])
    expect((await send(gateway, 'GET /prod/pets?kind=cat')).json()).toMatchObject([{ name: 'Tom' }])
    expect((await send(gateway, 'GET /prod/pets?limit=0')).status).toBe(400)
  })

  it('takes new ones from callers with a key', async () => {
    const gateway = petStore({ clock: testClock() })
    const json = { name: 'Kit', kind: 'cat' }
    expect((await send(gateway, 'POST /prod/pets', { json })).status).toBe(403)
    const { value: apiKey } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const made = await send(gateway, 'POST /prod/pets', { apiKey, json })
    expect([made.status, made.json()]).toEqual([201, { ...json, id: '3', soldBy: 'acme' }])
    expect((await send(gateway, 'GET /prod/pets/3')).json()).toEqual(made.json())
    expect((await send(gateway, 'GET /prod/pets/4')).status).toBe(404)
    const wrong = await send(gateway, 'POST /prod/pets', { apiKey, json: { name: '' } })
    expect([wrong.status, wrong.json()]).toMatchObject([400, { errors: [{}, {}] }])
  })
})
