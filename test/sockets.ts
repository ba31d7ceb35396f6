/** Servers on free ports, and callers that say exactly what they want. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Served {
  readonly server: Server
  readonly port: number
  /** Without a slash at its end. */
  readonly url: string
}

/** A server on a free port of this machine. */
export async function start(listener: RequestListener | Server): Promise<Served> {
  const server = typeof listener === 'function' ? createServer(listener) : listener
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, port, url: `http://127.0.0.1:${port}` }
}

export async function stop({ server }: Served): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** The same, until the test is over. */
export async function serve(listener: RequestListener | Server): Promise<Served> {
  const served = await start(listener)
  onTestFinished(() => stop(served))
  return served
}

/** A port that was free a moment ago, for a process that takes no 0. */
export async function freePort(): Promise<number> {
  const served = await start(() => {})
  await stop(served)
  return served.port
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export interface Told {
  /** All that came back, bytes as characters. */
  readonly text: string
  readonly status: number
  /** The head of the first answer. */
  readonly head: string
  readonly body: string
  /** Whether the server closed the connection. */
  readonly closed: boolean
  /** ms until it was over. */
  readonly took: number
}

/** Opens a connection that is gone when the test is over. */
export async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return socket
}

/** Writes these very bytes, and listens until the server closes, or `done` has seen enough; 5 s at most. */
export function tell(
  port: number,
  bytes: string | Uint8Array,
  done: (text: string) => boolean = () => false,
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const started = Date.now()
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    const over = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ ...parts(text), text, closed, took: Date.now() - started })
    }
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`nothing more came within 5 s, after: ${JSON.stringify(text.slice(0, 500))}`))
    }, 5000)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (done(text)) over(false)
    })
    socket.on('end', () => over(true))
    socket.on('close', () => over(true))
    socket.on('error', () => {})
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

function parts(text: string): { status: number; head: string; body: string } {
  const end = text.indexOf('\r\n\r\n')
  const head = end === -1 ? text : text.slice(0, end)
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    head,
    body: end === -1 ? '' : text.slice(end + 4),
  }
}

/** A request as it goes over the wire; the connection is closed after it. */
export function wire(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n')
}
