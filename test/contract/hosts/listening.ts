/** Servers for listeners of Node's. */
import type { RequestListener } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { selfSigned } from '../../authorize/certificates.js'
import { start, stop } from '../../sockets.js'
import type { Running } from '../host.js'

/** TLS with a certificate of its own, which asks callers for theirs and leaves it to the gateway to judge. */
export function ownTls() {
  const { pem, keyPem } = selfSigned('CN=localhost', { local: true })
  return { cert: pem, key: keyPem, requestCert: true, rejectUnauthorized: false }
}

/** Over HTTP/1.1. */
export async function listening(listener: RequestListener): Promise<Running> {
  const plain = await start(listener)
  const secure = createServer(ownTls(), listener)
  const https = await portOf(secure)
  const stopped = () => {
    secure.closeAllConnections()
    return new Promise((resolve) => secure.close(resolve))
  }
  return {
    ...{ port: plain.port, https },
    stop: async () => {
      await Promise.all([stop(plain), stopped()])
    },
  }
}

/** Over HTTP/2 too. */
export async function listeningTwice(listener: RequestListener): Promise<Running> {
  const plain = await start(listener)
  const secure = createSecureServer({ ...ownTls(), allowHTTP1: true }, listener as never)
  const sessions = new Set<{ destroy(): void }>()
  secure.on('session', (session) => sessions.add(session))
  const https = await portOf(secure)
  const stopped = () => new Promise((resolve) => secure.close(resolve))
  return {
    ...{ port: plain.port, https, http2: `https://localhost:${https}` },
    stop: async () => {
      for (const session of sessions) session.destroy()
      await Promise.all([stop(plain), stopped()])
    },
  }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
