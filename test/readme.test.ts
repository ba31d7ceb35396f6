/** What the README claims: each of its snippets is compiled as a user would, run, and held to its `// =>` lines. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Server } from 'node:http'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}test/.readme`

interface Snippet {
  readonly title: string
  readonly file: string
  readonly code: string
}

function snippets(): Snippet[] {
  const found: Snippet[] = []
  let title = 'Fifteen lines'
  for (const [, heading, code] of readFileSync(`${root}README.md`, 'utf8').matchAll(
    /^##+ (.*)$|^```ts\n([\s\S]*?)^```$/gm,
  )) {
    if (heading !== undefined) title = heading
    else if (code !== undefined) found.push({ title, file: `${folder}/${found.length}.ts`, code })
  }
  return found
}

/** `expression // => value` becomes an assertion; all on one line, so that positions in errors stay. */
function asserting(code: string): string {
  return code.replace(
    /^(;?)(.+?) \/\/ => (.+)$/gm,
    (_line, _guard, expression, value) => `;__claim(${expression}, ${value});`,
  )
}

const all = snippets()
const servers: Server[] = []
const listen = Server.prototype.listen

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const { file, code } of all) writeFileSync(file, `${asserting(code)}\nexport {}\n`)
  writeFileSync(`${folder}/claims.d.ts`, 'declare function __claim<T>(actual: T, claimed: unknown): void\n')
  vi.stubGlobal('__claim', (actual: unknown, claimed: unknown) => expect(actual).toEqual(claimed))
  vi.spyOn(console, 'log').mockImplementation(() => {})
  // Port 3000 may be somebody's.
  vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
    servers.push(this)
    return Reflect.apply(listen, this, [0, '127.0.0.1'])
  })
})

afterAll(() => {
  for (const server of servers) server.close()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  rmSync(folder, { recursive: true, force: true })
})

describe('the README', () => {
  it('has snippets', () => {
    expect(all.length).toBeGreaterThan(15)
  })

  it('compiles, under strict', { timeout: 60_000 }, () => {
    const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
    const files = [`${folder}/claims.d.ts`, ...all.map(({ file }) => file)]
    const program = ts.createProgram(files, { ...options, noUncheckedIndexedAccess: true })
    const said = ts.getPreEmitDiagnostics(program).map(({ file, messageText, start }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
      return `${file?.fileName.slice(folder.length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
    expect(said).toEqual([])
  })

  it.each(all)('keeps its word: $title', { timeout: 20_000 }, async ({ file }) => {
    await import(/* @vite-ignore */ pathToFileURL(file).href)
  })

  it('would be caught at a false claim', () => {
    expect(asserting('await f() // => 200')).toBe(';__claim(await f(), 200);')
    expect(() => (globalThis as unknown as { __claim(a: unknown, b: unknown): void }).__claim(1, 2)).toThrow()
  })
})
