/** How a gateway is mounted in each framework: one row each, and no code. */

export interface Framework {
  readonly title: string
  /** What a package.json names where it is used. */
  readonly packages: readonly string[]
  /** Where the lines below belong. */
  readonly where: string
  /** The lines, below an import of the gateway. */
  readonly imports: readonly string[]
  readonly code: readonly string[]
  /** What the lines take from the gateway's file. */
  readonly mounted: 'gateway' | 'gate'
  /** The file that they are, where they are a file of their own: below `app`, where Next.js looks for routes. */
  readonly file?: string
  /** The file that loads the gateway when the server starts, where nothing else does before the first request. */
  readonly start?: string
  /** What is in front of each path, and no part of a route's. */
  readonly base: string
  /** What the gateway's file has beside what all of them have. */
  readonly more?: { readonly imports: string; readonly field: string; readonly below: string }
  /** Whether there is an app behind the gateway, which answers what has no handler. */
  readonly app: boolean
}

/** Of several in one project, the first is taken: the likelier it is to hold the others, the further up. */
const ROWS = {
  next: {
    title: 'Next.js',
    packages: ['next'],
    where: 'in a route handler of its own',
    imports: [],
    code: ['export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = gate'],
    mounted: 'gate',
    file: 'app/api/[...path]/route',
    start: 'instrumentation',
    base: '/api',
    more: {
      imports: "import { sharedStore, toNext } from 'postern/next'",
      field:
        "  // Next.js loads this file more than once: keys and counters are one.\n  store: sharedStore('api'),",
      below: '/** What route handlers and proxy.ts export. */\nexport const gate = toNext(gateway)',
    },
    app: false,
  },
  fastify: {
    title: 'Fastify',
    packages: ['fastify', '@nestjs/platform-fastify'],
    where: 'where the app is made, before its routes',
    imports: ["import { rewriteUrl, toFastify } from 'postern/fastify'"],
    code: ['const app = Fastify({ rewriteUrl: rewriteUrl(gateway) })', 'app.register(toFastify(gateway))'],
    mounted: 'gateway',
    base: '',
    app: true,
  },
  koa: {
    title: 'Koa',
    packages: ['koa'],
    where: 'in your app, above all other middleware',
    imports: ["import { toKoa } from 'postern/koa'"],
    code: ['app.use(toKoa(gateway))'],
    mounted: 'gateway',
    base: '',
    app: true,
  },
  hono: {
    title: 'Hono',
    packages: ['hono'],
    where: 'where the app is served, instead of `app.fetch`',
    imports: ["import { callers, toFetch } from 'postern/fetch'"],
    code: ['serve({ fetch: toFetch(gateway, app.fetch, { caller: callers.node }), port: 3000 })'],
    mounted: 'gateway',
    base: '',
    app: true,
  },
  express: {
    title: 'Express',
    packages: ['express', '@nestjs/platform-express'],
    where: 'in your app, above body parsers and routes',
    imports: ["import { toExpress } from 'postern/express'"],
    code: ['app.use(toExpress(gateway))'],
    mounted: 'gateway',
    base: '',
    app: true,
  },
  node: {
    title: 'node:http',
    packages: [],
    where: 'where the server is made; `app` is what listens to its requests',
    imports: ["import { createServer } from 'node:http'", "import { toNode } from 'postern/node'"],
    code: ['createServer(toNode(gateway, app)).listen(3000)'],
    mounted: 'gateway',
    base: '',
    app: true,
  },
} as const satisfies Readonly<Record<string, Framework>>

export type FrameworkName = keyof typeof ROWS

export const FRAMEWORKS: Readonly<Record<FrameworkName, Framework>> = ROWS

export function isFramework(name: string): name is FrameworkName {
  return Object.hasOwn(ROWS, name)
}

/** A first gateway, as an ES module that is TypeScript, too. */
export function gatewayFile({ base, app, more }: Framework): string {
  const handled = app ? 'instead of the app' : 'what has passed the gateway'
  const below = base === '' ? '' : ` Paths begin below app${base}: this is ${base}/hello/{name}.`
  return `${lines("import { createGateway, logRecord, route } from 'postern'", more?.imports)}

/** Who may pass, and what they must bring. \`npx postern check\` prints it as a table. */
export const gateway = createGateway({
  routes: [
    // A handler answers ${handled}.${below}
    route('GET /hello/{name}', {}, ({ params }) => ({ hello: params.name })),
${lines("    route('POST /hello', { apiKey: true }, ({ client }) => ({ hello: client?.name })),", app && PASSED)}
  ],
  plans: {
    free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } },
  },
${lines(app && UNMATCHED, more?.field, '  onRecord: logRecord,')}
})
${more === undefined ? '' : `\n${more.below}\n`}`
}

const PASSED = `    // Without one, the app's own route does.
    route('GET /', { throttle: { rate: 10, burst: 20, per: 'address' } }),`

const UNMATCHED = `  // Paths that no route names go on to the app while you move in. Without this line they are refused.
  // Other methods of a path that has a route are 405: name them too.
  unmatched: 'pass',`

function lines(...given: readonly (string | false | undefined)[]): string {
  return given.filter((line) => typeof line === 'string').join('\n')
}

/** An ES module as CommonJS. Knows what the files above consist of, and no more. */
export function toCommonJs(code: string): string {
  const exported = [...code.matchAll(/^export const (\w+)/gm)].map(([, name]) => name)
  const body = code
    .replace(/^import (\{.*\}) from ('.*')$/gm, 'const $1 = require($2)')
    .replace(/^export const/gm, 'const')
  return exported.length === 0 ? body : `${body}\nmodule.exports = { ${exported.join(', ')} }\n`
}
