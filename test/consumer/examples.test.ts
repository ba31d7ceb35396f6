/** The examples as somebody runs them in a checkout: on the built package, by the commands of examples/README.md. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { environment } from './packed.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What it printed; rejects where it fails. */
async function run(...given: string[]): Promise<string> {
  const options = { cwd: root, env: environment() }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, given, options)
  return stdout + stderr
}

describe('a unit test with a clock', () => {
  it('runs in Node’s own runner', async () => {
    expect(await run('--test', 'examples/testing/node-test')).toMatch(/^(?:#|ℹ) pass 3$/m)
  })

  it('runs in Jest', async () => {
    const jest = 'node_modules/jest/bin/jest.js'
    const told = await run('--experimental-vm-modules', jest, '--ci', '--rootDir', 'examples/testing/jest')
    expect(told).toMatch(/^Tests: +3 passed, 3 total$/m)
  })

  it('runs in Jest as CommonJS, as most have it', async () => {
    const jest = 'node_modules/jest/bin/jest.js'
    const given = ['--ci', '--rootDir', '.', 'test/consumer/projects/check.test.cjs']
    expect(await run(jest, ...given)).toMatch(/^Tests: +2 passed, 2 total$/m)
  })
})

it('a recipe runs by itself, and prints what the README claims', async () => {
  const printed = "200\n403\n[ 200, 200 ]\n[ 403, 200 ]\n403\n[ 'acme' ]\n"
  expect(await run('examples/recipes/api-keys.js')).toBe(printed)
})

describe('npm start', () => {
  beforeAll(() => run('node_modules/typescript/bin/tsc', '-p', 'examples/nestjs'))

  it.each(['', 'express', 'fastify', 'koa', 'node', 'nestjs-express', 'nestjs-fastify'])(
    '-- %s serves, and logs',
    async (name) => {
      const env = { ...environment(), PORT: '0' }
      const given = ['examples/petstore/server.js', name].filter((text) => text !== '')
      const server = spawn(process.execPath, given, { cwd: root, env })
      onTestFinished(() => {
        server.kill()
      })
      const lines = createInterface(server.stdout)[Symbol.asyncIterator]()
      const url = await seen(lines, /http:\/\/127\.0\.0\.1:\d+/)
      const rex = { id: '1', name: 'Rex', kind: 'dog' }
      expect(await (await fetch(`${url}/prod/pets/1`)).json()).toEqual(rex)
      expect(await seen(lines, /^200 GET .*$/)).toMatch(/^200 GET \/pets\/1 {2}stage prod {2}\d+ ms$/)
    },
  )

  it('says which frameworks there are', async () => {
    const server = spawn(process.execPath, ['examples/petstore/server.js', 'expres'], { cwd: root })
    const told: string[] = []
    server.stderr.on('data', (chunk) => told.push(String(chunk)))
    expect(await once(server, 'close')).toEqual([1, null])
    expect(told.join('')).toContain(
      "There is no example on 'expres'. Try one of: express, fastify, hono, koa, node",
    )
  })
})

/** What of the lines to come matches first. */
async function seen(lines: AsyncIterator<string>, wanted: RegExp): Promise<string> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const [found] = wanted.exec(next.value) ?? []
    if (found !== undefined) return found
  }
  throw new Error(`it ended before it printed ${wanted}`)
}
