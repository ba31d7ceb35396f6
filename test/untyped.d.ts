/** Packages that the tests use and that bring no types of their own. */
declare module 'dynalite' {
  import type { Server } from 'node:http'

  export default function dynalite(options?: object): Server
}

declare module 'express4' {
  import express from 'express'
  export default express
}

declare module 'http-proxy' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Proxy {
    web(req: IncomingMessage, res: ServerResponse): void
    on(event: 'error', listener: (error: Error) => void): this
  }
  const httpProxy: { createProxyServer(options: { target: string }): Proxy }
  export default httpProxy
}

declare module 'json-server' {
  import type { Express, RequestHandler } from 'express'

  const jsonServer: {
    create(): Express
    router(data: object): RequestHandler
    defaults(options?: { logger?: boolean }): RequestHandler[]
  }
  export default jsonServer
}

declare module 'koa2' {
  export { default } from 'koa'
}

declare module 'koa-mount' {
  import type Koa from 'koa'

  export default function mount(path: string, app: Koa | Koa.Middleware): Koa.Middleware
}
