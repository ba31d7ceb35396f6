/** Next apps of the packed package's: installed, built, and started as its users do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPacked, type Project } from '../consumer/packed.js'
import { freePort } from '../sockets.js'

const APP = fileURLToPath(new URL('./app', import.meta.url))
const ELSEWHERE = { 15: 'proxy.ts', 16: 'middleware.ts' } as const

export type Major = keyof typeof ELSEWHERE

/** A project of this package and one major version of Next, in whose folders all apps stand that are tested with it. */
export class NextProject implements AsyncDisposable {
  #installed: Promise<Project> | undefined

  constructor(readonly major: Major) {}

  /**
   * A new app, built.
   *
   * @param fill puts its files into its folder; left out, they are those of `./app`
   * @returns its folder
   */
  async app(name: string, fill = (folder: string) => fixture(folder, this.major)): Promise<string> {
    this.#installed ??= installNext(this.major)
    const { folder: root, run } = await this.#installed
    const folder = join(root, name)
    await mkdir(folder)
    await fill(folder)
    await run('node', 'node_modules/next/dist/bin/next', 'build', name)
    return folder
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const project = await this.#installed?.catch(() => undefined)
    await project?.[Symbol.asyncDispose]()
  }
}

function installNext(major: Major): Promise<Project> {
  return installPacked({
    next: String(major),
    react: '19',
    'react-dom': '19',
    typescript: '5',
    '@types/node': '20',
    '@types/react': '19',
    '@types/react-dom': '19',
  })
}

async function fixture(folder: string, major: Major): Promise<void> {
  await cp(APP, folder, { recursive: true })
  await rm(join(folder, ELSEWHERE[major]))
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the app has answered
  json(): any
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A server of Next's. */
export class Running implements AsyncDisposable {
  #said = ''

  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
  ) {
    const hear = (chunk: Buffer) => {
      this.#said += chunk
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
  }

  /**
   * @param command `start`, of what has been built, or `dev`
   * @param variables of its environment
   */
  static async start(
    folder: string,
    command: 'start' | 'dev',
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Running> {
    const port = await freePort()
    const next = createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next')
    // Not 127.0.0.1, which is where it is to listen: Next takes rewrites there for those to another host.
    const at = ['--dns-result-order=ipv4first', next, command, '-H', 'localhost', '-p', String(port)]
    const child = spawn(process.execPath, at, {
      cwd: folder,
      detached: true,
      env: { ...environment(command), ...variables },
    })
    const running = new Running(port, child)
    await running.ready()
    return running
  }

  private async ready(): Promise<void> {
    while (!/Ready in/.test(this.#said)) {
      if (this.child.exitCode !== null) throw new Error(`Next has ended:\n${this.#said}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** What it has printed. */
  get said(): string {
    return this.#said
  }

  /** @param line method and target, which is sent as it stands: `GET /pets/x/../7` */
  async ask(line: string, { headers = {}, body }: Asked = {}): Promise<Answered> {
    const [method = '', path = ''] = line.split(' ')
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const asking = request(
        {
          host: 'localhost',
          port: this.port,
          method,
          path,
          agent: false,
          headers: { ...length, ...headers },
        },
        async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          const { statusCode = 0, headers } = response
          resolve({ status: statusCode, headers, text, json: () => JSON.parse(text) })
        },
      )
      asking.on('error', reject).end(body)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
  }

  /** @param signal `SIGTERM` lets it wait for requests that it has still to answer */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.pid === undefined) return
    const ended = new Promise((resolve) => this.child.once('close', resolve))
    process.kill(-this.child.pid, signal)
    await ended
  }
}

function environment(command: 'start' | 'dev'): NodeJS.ProcessEnv {
  const given = Object.entries(process.env).filter(
    ([name]) => !/^(?:VITEST|NODE_OPTIONS$|NODE_ENV$)/.test(name),
  )
  const mode = command === 'dev' ? 'development' : 'production'
  return { ...Object.fromEntries(given), NODE_ENV: mode, NEXT_TELEMETRY_DISABLED: '1' }
}
