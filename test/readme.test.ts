/** What the README claims: each of its snippets is compiled as a user would, run, and held to its `// =>` lines. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import '../src/openapi.js'
import { CLAIM, listenElsewhere, root, snippets } from './snippets.js'

const folder = `${root}test/.readme`

/** `expression // => value` becomes an assertion; all on one line, so that positions in errors stay. */
function asserting(code: string): string {
  return code.replace(CLAIM, (_line, expression, value) => `;__claim(${expression}, ${value});`)
}

const all = snippets().map((snippet, index) => ({ ...snippet, file: `${folder}/${index}.ts` }))
let close = () => {}

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const { file, code } of all) writeFileSync(file, `${asserting(code)}\nexport {}\n`)
  writeFileSync(`${folder}/claims.d.ts`, 'declare function __claim<T>(actual: T, claimed: unknown): void\n')
  vi.stubGlobal('__claim', (actual: unknown, claimed: unknown) => expect(actual).toEqual(claimed))
  vi.spyOn(console, 'log').mockImplementation(() => {})
  close = listenElsewhere()
})

afterAll(() => {
  close()
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
