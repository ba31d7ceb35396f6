/** The first gateway that `postern init` writes for Next, with the lines that it prints where it says. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type NextProject, Running } from './running.js'

const run = promisify(execFile)
const CLI = 'node_modules/postern/dist/cli.js'

const PAGE = 'export default function Page() {\n  return null\n}\n'
const LAYOUT =
  'export default function Layout({ children }: { children: React.ReactNode }) {\n  return <html lang="en"><body>{children}</body></html>\n}\n'

/** The lines below each heading, by the file that it names. */
function printed(stdout: string): ReadonlyMap<string, string> {
  const blocks = stdout.matchAll(/^(?:Mount|Load) it .* (\S+\.ts):.*\n\n((?: {2}.*\n|\n)+)/gm)
  return new Map(
    [...blocks].map(([, file = '', lines = '']) => [file, `${lines.replace(/^ {2}/gm, '').trim()}\n`]),
  )
}

export function nextFirst(project: NextProject): void {
  describe('the first gateway for Next', () => {
    let running: Running

    beforeAll(async () => {
      const folder = await project.app('first', async (at) => {
        const files = new Map([
          ['package.json', `{ "dependencies": { "next": "${project.major}" } }`],
          ['tsconfig.json', '{}'],
          ['app/page.tsx', PAGE],
          ['app/layout.tsx', LAYOUT],
        ])
        await written(at, files)
        const { stdout } = await run(process.execPath, [join(at, '..', CLI), 'init'], { cwd: at })
        expect([...printed(stdout).keys()]).toEqual(['app/api/[...path]/route.ts', 'instrumentation.ts'])
        await written(at, printed(stdout))
      })
      running = await Running.start(folder, 'start')
      // What `register` loads may come later, where the machine is slow.
      await vi.waitUntil(async () => (await running.ask('GET /api/hello/world')).status !== 503, {
        timeout: 10_000,
      })
    })

    afterAll(() => running?.[Symbol.asyncDispose]())

    it('answers where init says', async () => {
      expect((await running.ask('GET /api/hello/world')).text).toBe('{"hello":"world"}')
      expect((await running.ask('POST /api/hello')).status).toBe(403)
      expect((await running.ask('GET /api/api/hello/world')).status).toBe(404)
    })
  })
}

async function written(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
}
