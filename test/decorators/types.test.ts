/** The compiler takes what fits and refuses what does not, with and without `experimentalDecorators`. */
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const fixtures = `${import.meta.dirname}/fixtures`

/** What the compiler says of fixtures; each `@ts-expect-error` in them that is none is said, too. */
function said(names: readonly string[], experimentalDecorators: boolean): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
  const files = names.map((name) => `${fixtures}/${name}.ts`)
  const program = ts.createProgram(files, { ...options, experimentalDecorators })
  const diagnostics = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
  return diagnostics.map(({ file, messageText, start }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    return `${file?.fileName.slice(root.length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

describe('a handler', { timeout: 60_000 }, () => {
  it('compiles where it fits its route, and only there, with decorators of TC39', () => {
    expect(said(['pets', 'misplaced', 'private', 'typed'], false)).toEqual([])
  })

  it('compiles where it fits its route, and only there, under experimentalDecorators', () => {
    expect(said(['pets', 'misplaced', 'typed', 'legacy/parameter', 'legacy/nest'], true)).toEqual([])
  })
})
