/** Servers for listeners of Node's. */
import type { RequestListener } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { selfSigned } from '../../authorize/certificates.js'
import { start, stop } from '../../sockets.js'
import type { Running } from '../host.js'

/** Over HTTP/1.1. */
export async function listening(listener: RequestListener): Promise<Running> {
  const served = await start(listener)
  return { port: served.port, stop: () => stop(served) }
}

/** Over HTTP/2 too, with a certificate of its own. */
export async function listeningTwice(listener: RequestListener): Promise<Running> {
  const plain = await listening(listener)
  const { pem, keyPem } = selfSigned('CN=localhost', { local: true })
  const secure = createSecureServer({ cert: pem, key: keyPem }, listener as never)
  const sessions = new Set<{ destroy(): void }>()
  secure.on('session', (session) => sessions.add(session))
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  const { port } = secure.address() as AddressInfo
  const stopped = () => new Promise((resolve) => secure.close(resolve))
  return {
    port: plain.port,
    http2: `https://localhost:${port}`,
    stop: async () => {
      for (const session of sessions) session.destroy()
      await Promise.all([plain.stop(), stopped()])
    },
  }
}
