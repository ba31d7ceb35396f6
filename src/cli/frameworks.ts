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
  /** Whether the file stands there for its own: `{app}` is where Next.js looks for routes. */
  readonly file?: string
  /** What is in front of each path. */
  readonly base: string
  /** Whether there is an app behind the gateway, which answers what has no handler. */
  readonly app: boolean
}

/** Of several in one project, the first is taken: the likelier it is to hold the others, the further up. */
const ROWS = {
  next: {
    title: 'Next.js',
    packages: ['next'],
    where: 'in a route handler of its own',
    imports: ["import { toNext } from 'postern/next'"],
    code: ['export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = toNext(gateway)'],
    file: 'app/api/[...path]/route',
    base: '/api',
    app: false,
  },
  fastify: {
    title: 'Fastify',
    packages: ['fastify', '@nestjs/platform-fastify'],
    where: 'where the app is made, before its routes',
    imports: ["import { rewriteUrl, toFastify } from 'postern/fastify'"],
    code: ['const app = Fastify({ rewriteUrl: rewriteUrl(gateway) })', 'app.register(toFastify(gateway))'],
    base: '',
    app: true,
  },
  koa: {
    title: 'Koa',
    packages: ['koa'],
    where: 'in your app, above all other middleware',
    imports: ["import { toKoa } from 'postern/koa'"],
    code: ['app.use(toKoa(gateway))'],
    base: '',
    app: true,
  },
  hono: {
    title: 'Hono',
    packages: ['hono'],
    where: 'where the app is served, instead of `app.fetch`',
    imports: ["import { callers, toFetch } from 'postern/fetch'"],
    code: ['serve({ fetch: toFetch(gateway, app.fetch, { caller: callers.node }), port: 3000 })'],
    base: '',
    app: true,
  },
  express: {
    title: 'Express',
    packages: ['express', '@nestjs/platform-express'],
    where: 'in your app, above body parsers and routes',
    imports: ["import { toExpress } from 'postern/express'"],
    code: ['app.use(toExpress(gateway))'],
    base: '',
    app: true,
  },
  node: {
    title: 'node:http',
    packages: [],
    where: 'where the server is made; `app` is what listens to its requests',
    imports: ["import { createServer } from 'node:http'", "import { toNode } from 'postern/node'"],
    code: ['createServer(toNode(gateway, app)).listen(3000)'],
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
export function gatewayFile({ base, app }: Framework): string {
  const passed = app
    ? `
    // Without one, the app's own route does.
    route('GET /', { throttle: { rate: 10, burst: 20, per: 'address' } }),`
    : ''
  const rest = app
    ? `
  // Paths that no route names go on to the app while you move in. Without this line they are refused.
  unmatched: 'pass',`
    : ''
  return `import { createGateway, logRecord, route } from 'postern'

/** Who may pass, and what they must bring. \`npx postern check\` prints it as a table. */
export const gateway = createGateway({
  routes: [
    // A handler answers ${app ? 'instead of the app' : 'what has passed the gateway'}.
    route('GET ${base}/hello/{name}', {}, ({ params }) => ({ hello: params.name })),
    route('POST ${base}/hello', { apiKey: true }, ({ client }) => ({ hello: client?.name })),${passed}
  ],
  plans: {
    free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } },
  },${rest}
  onRecord: logRecord,
})
`
}

/** An ES module as CommonJS. Knows what the files above consist of, and no more. */
export function toCommonJs(code: string): string {
  const exported = [...code.matchAll(/^export const (\w+)/gm)].map(([, name]) => name)
  const body = code
    .replace(/^import (\{.*\}) from ('.*')$/gm, 'const $1 = require($2)')
    .replace(/^export const/gm, 'const')
  return exported.length === 0 ? body : `${body}\nmodule.exports = { ${exported.join(', ')} }\n`
}
