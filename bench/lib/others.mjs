/**
 * Gateways to compare with that are no dependency of this project's: one brings 540 packages, long unmaintained, and of
 * the other the newest version cannot be installed, as what it needs is not in the registry. They are installed into a
 * folder of their own, for as long as this process is there.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const OTHERS = ['express-gateway@1.16.11', 'fast-gateway@3.4.7']
const FOLDER = 'BENCH_OTHERS'

/** Its servers find what is installed by their environment, which they have from it. */
export async function installOthers() {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'))
  console.log(`installing ${OTHERS.join(' and ')}`)
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  execFileSync('npm', ['install', ...quiet, ...OTHERS], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  process.env[FOLDER] = folder
}

function others() {
  const folder = process.env[FOLDER]
  if (folder === undefined) throw new Error(`${FOLDER} is not set: installOthers() comes first`)
  return { folder, require: createRequire(join(folder, 'package.json')) }
}

/** Its proxy alone, as its guide has it: no keys, no limits. */
export async function expressGateway(backend) {
  const { folder, require } = others()
  const main = require.resolve('express-gateway')
  const config = join(folder, 'config')
  await cp(join(dirname(main), 'config'), config, { recursive: true })
  // JSON is YAML.
  await writeFile(
    join(config, 'gateway.config.yml'),
    JSON.stringify({
      http: { port: 0, hostname: '127.0.0.1' },
      apiEndpoints: { api: { host: '*' } },
      serviceEndpoints: { backend: { url: backend } },
      policies: ['proxy'],
      pipelines: {
        all: { apiEndpoints: ['api'], policies: [{ proxy: [{ action: { serviceEndpoint: 'backend' } }] }] },
      },
    }),
  )
  Object.assign(process.env, { EG_DISABLE_CONFIG_WATCH: 'true', LOG_LEVEL: 'error' })
  const [{ app }] = await require('express-gateway')().load(config).run()
  return app
}

/** One route for all paths. */
export async function fastGateway(backend) {
  const { require } = others()
  const service = require('fast-gateway')({ routes: [{ prefix: '', prefixRewrite: '', target: backend }] })
  return service.start(0, '127.0.0.1')
}
