/** `npx postern`, as somebody has it who installed the package. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installPacked, type Project } from './packed.js'

/** The lines that `init` prints for the app. */
function mount(printed: string): string {
  const [, lines = ''] = /\n\n((?: {2}.*\n|\n)+?)\nThen try:\n/.exec(printed) ?? []
  return lines
}

describe('in a project with Express', () => {
  let project: Project
  const npx = (...given: string[]) => project.run('npx', '--no-install', ...given)

  beforeAll(async () => {
    project = await installPacked({ express: '^5.0.0', tsx: '^4.20.0' })
  })

  afterAll(() => project?.[Symbol.asyncDispose]())

  it('npx postern init writes a gateway that guards an app with the lines that it prints', async () => {
    const { stdout, stderr } = await npx('postern', 'init')
    expect(stderr).toBe('')
    expect(stdout).toContain('Wrote gateway.js, a gateway for Express.\n')
    const app = `
      const express = require('express')
      const app = express()
      ${mount(stdout)}
      app.get('/', (req, res) => res.send('the app'))
      const server = app.listen(0, '127.0.0.1', async () => {
        const at = 'http://127.0.0.1:' + server.address().port
        const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
        const said = []
        for (const [method, path, headers] of [
          ['GET', '/'], ['GET', '/hello/world'], ['POST', '/hello'], ['POST', '/hello', { 'x-api-key': value }],
        ]) {
          const answer = await fetch(at + path, { method, headers })
          said.push(answer.status + ' ' + (await answer.text()))
        }
        server.close()
        console.error(JSON.stringify(said))
      })
    `
    await writeFile(join(project.folder, 'app.js'), app)
    const ran = await project.run('node', 'app.js')
    expect(JSON.parse(ran.stderr)).toEqual([
      '200 the app',
      '200 {"hello":"world"}',
      '403 {"message":"Forbidden"}',
      '200 {"hello":"acme"}',
    ])
  })

  it('npx postern check prints it', async () => {
    const { stdout, stderr } = await npx('postern', 'check')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^ {2}POST +\/hello +any plan .* handler$/m)
    expect(stdout).toMatch(/^ {2}GET +\/ .* app$/m)
  })

  it('npx postern check fails with every fault, and ends though the module holds a server open', async () => {
    const gateway = await readFile(join(project.folder, 'gateway.js'), 'utf8')
    const faulty = gateway.replace('rate: 1,', 'rate: -1,').replace('apiKey: true', 'apikey: true')
    const server = "require('node:http').createServer().listen(0, '127.0.0.1')\n"
    await writeFile(join(project.folder, 'faulty.js'), `${server}${faulty}`)
    const ran = npx('postern', 'check', 'faulty.js')
    await expect(ran).rejects.toThrow('faulty.js has 2 faults:')
    await expect(ran).rejects.toThrow('routes[1].policy.apikey: `apikey` is no field of a policy')
    await expect(ran).rejects.toThrow('plans.free.throttle.rate: -1 is not a number')
  })

  it('TypeScript is checked by the command that is named where Node does not load it', async () => {
    await writeFile(join(project.folder, 'tsconfig.json'), '{}')
    expect((await npx('postern', 'init')).stdout).toContain('Wrote gateway.ts, ')
    const enumerated = `${await readFile(join(project.folder, 'gateway.ts'), 'utf8')}\nexport enum Side { In, Out }\n`
    await writeFile(join(project.folder, 'sided.ts'), enumerated)
    const refused = await npx('postern', 'check', 'sided.ts').catch(({ message }: Error) => message)
    const [, command = ''] = /Try: npx (tsx .*), or compile it/.exec(String(refused)) ?? []
    expect(command).toContain('check sided.ts')
    expect((await npx(...command.split(' '))).stdout).toMatch(/^ {2}POST +\/hello /m)
  })
})
