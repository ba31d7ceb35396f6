/** Next under contract: built once for each way in which the gateway can stand in it, and started for each kind. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Major, Running as Next, type NextProject } from '../../next/running.js'
import type { Host, Running } from '../host.js'
import { ENDPOINTS, type Endpoint } from '../scenario/endpoints.js'
import type { Kind } from '../scenario/gateway.js'

const APP = fileURLToPath(new URL('../apps/next.ts', import.meta.url))
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const OWN: Host['lacks'] = {
  http2: '`next start` speaks HTTP/1.1',
  certificates: '`next start` speaks no TLS',
  'raw-target': 'Next redirects doubled slashes and backslashes by itself',
  'raw-query': 'Next spells a query anew for its handlers',
}

/** An app of Next's for each way in which the gateway stands in it. */
export class NextApps {
  readonly #built = new Map<'alone' | 'behind', Promise<string>>()
  readonly major: Major

  constructor(readonly project: NextProject) {
    this.major = project.major
  }

  /** Its handlers have policies of their own. */
  get alone(): Host {
    return {
      name: `Next ${this.major}`,
      lacks: {
        ...OWN,
        mounted: `what stands before an app of Next’s is its ${this.#file}`,
        'own-route-errors': 'a handler of the gateway’s returns a Response, and its errors are not Next’s',
      },
      serve: (kind) => this.#serve(kind === 'routes', 'alone', kind),
    }
  }

  /** With a proxy.ts in front of it: middleware.ts in Next 15. */
  get behind(): Host {
    const file = this.#file
    const gathers = `Next takes in all of a body before it goes on from ${file}`
    return {
      name: `Next ${this.major} behind ${file}`,
      lacks: {
        ...OWN,
        'per-route': 'what stands before an app has none of its routes',
        'all-methods': 'Next makes a Request of each, which cannot be a TRACE',
        'own-path': 'Next shows its handlers the URL of the caller',
        'seen-answers': `${file} sees no answers`,
        'late-answer': `${file} sees no answers`,
        ...(this.major === 15
          ? {}
          : { 'streams-up': gathers, 'both-ways': gathers, 'cut-upload': gathers, 'says-close': gathers }),
      },
      serve: (kind) => this.#serve(kind !== 'routes', 'behind', kind),
    }
  }

  get #file(): string {
    return this.major === 15 ? 'middleware.ts' : 'proxy.ts'
  }

  async #serve(can: boolean, app: 'alone' | 'behind', kind: Kind): Promise<Running> {
    if (!can) throw new Error(`nothing is ${kind} here`)
    const building = this.#built.get(app) ?? this.#build(app)
    this.#built.set(app, building)
    const running = await Next.start(await building, 'start', { CONTRACT_KIND: kind })
    // Next listens before it has loaded anything; until the gateway is, it answers with 503.
    while ((await running.ask(`POST ${kind === 'open' ? '/prod' : ''}/contract/clock`)).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return { port: running.port, stop: () => running.end('SIGKILL') }
  }

  #build(app: 'alone' | 'behind'): Promise<string> {
    return this.project.app(app, async (folder) => {
      // What the suite imports by names that end in `.js`, Next would look for under these names.
      const lib = join(folder, 'lib', 'app.js')
      await build({
        ...{ entryPoints: [APP], outfile: lib, bundle: true, format: 'esm', platform: 'node' },
        ...{ external: ['postern'], tsconfigRaw: {}, logLevel: 'error' },
      })
      for (const [path, text] of filesOf(app, this.major)) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), text)
      }
    })
  }
}

function* filesOf(app: 'alone' | 'behind', major: Major): Generator<readonly [path: string, text: string]> {
  const lib = (path: string) => `'${'../'.repeat(path.split('/').length - 1) || './'}lib/app.js'`
  const register = `if (process.env.NEXT_RUNTIME === 'nodejs') await import(${lib('')})`
  yield ['instrumentation.js', `export async function register() {\n  ${register}\n}\n`]
  if (app === 'behind') {
    const [name, more] = major === 15 ? ['middleware', `, runtime: 'nodejs'`] : ['proxy', '']
    const words = `export { proxy as ${name} } from ${lib('')}\n`
    yield [`${name}.js`, `${words}export const config = { matcher: '/:path*'${more} }\n`]
  }
  const control = 'app/contract/[what]/route.js'
  yield [control, `export { answerControl as POST } from ${lib(control)}\n`]
  for (const path of new Set(ENDPOINTS.map((endpoint) => endpoint.path))) {
    const file = `app${path.replace(/\{(\w+)\+\}/, '[...$1]').replace(/\{(\w+)\}/g, '[$1]')}/route.js`
    const exported = ENDPOINTS.filter((endpoint) => endpoint.path === path).map(exportOf)
    yield [file, [`import { handlerOf } from ${lib(file)}`, ...exported, ''].join('\n')]
  }
}

function exportOf({ method, pattern }: Endpoint): string {
  const handler = `handlerOf('${pattern}')`
  if (method !== 'ANY') return `export const ${method} = ${handler}`
  return `const any = ${handler}\nexport { ${METHODS.map((each) => `any as ${each}`).join(', ')} }`
}
