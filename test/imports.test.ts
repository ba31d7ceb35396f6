/**
 * Vitest finds any name in a CommonJS module, Node only those that its lexer sees: what works in the tests of the
 * source may not load at all as ES modules.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = new Set<string>(Object.keys(manifest.dependencies))

/** What a file takes from packages when it is loaded: `import { sign } from 'aws4'`. Types are gone by then. */
function taken(file: string): string[] {
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)
  return statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return []
    const { importClause: clause, moduleSpecifier } = statement
    const named = clause?.namedBindings
    if (!PACKAGES.has(moduleSpecifier.text) || clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return []
    const elements = named !== undefined && ts.isNamedImports(named) ? named.elements : []
    const names = elements.filter(({ isTypeOnly }) => !isTypeOnly)
    return names.map(({ propertyName, name }) => `${moduleSpecifier.text} ${(propertyName ?? name).text}`)
  })
}

it('takes no name from a package that Node does not find there', () => {
  const files = ['src', 'adapters'].flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${ROOT}${folder}/${file}`),
  )
  const all = [...new Set(files.flatMap(taken))]
  const code = `for (const each of ${JSON.stringify(all)}) {
    const [name, member] = each.split(' ')
    if (!(member in (await import(name)))) console.log(each)
  }`
  const missing = execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT })
  expect(all).toContain('undici Pool')
  expect(String(missing)).toBe('')
})
