/** What TypeScript and Node make of a project's `.ts` files. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'

/** Runs a command of this program with TypeScript that Node does not load. */
export const TSX = 'npx tsx node_modules/postern/dist/cli.js'

/** Whether the Node that runs this takes a `.ts` file: from 22.18 on. */
export function nodeLoadsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown }
  return Boolean(typescript)
}

type Options = Readonly<Record<string, unknown>>

/** Whether the compiler refuses `import` and `export` in a `.ts` file unless package.json says `"type": "module"`. */
export function wantsModuleType(folder: string): boolean {
  const { verbatimModuleSyntax, module } = optionsIn(join(folder, 'tsconfig.json'))
  return verbatimModuleSyntax === true && typeof module === 'string' && /^node/i.test(module)
}

/** The compiler's options, with those of files that are extended; none where a file cannot be read. */
function optionsIn(file: string, seen: readonly string[] = []): Options {
  if (seen.includes(file)) return {}
  try {
    const { extends: bases = [], compilerOptions = {} } = parsed(readFileSync(file, 'utf8'))
    const names = [bases].flat().filter((name) => typeof name === 'string')
    const below = names.map((name) => optionsIn(located(name, file), [...seen, file]))
    return Object.assign({}, ...below, compilerOptions)
  } catch {
    return {}
  }
}

/** JSON with comments and commas at the end. */
function parsed(text: string): Options {
  const bare = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, '$1')
  return JSON.parse(bare) as Options
}

/** A file that a tsconfig.json extends: by its path, or in a package. */
function located(name: string, from: string): string {
  if (name.startsWith('.') || isAbsolute(name)) {
    const path = resolve(dirname(from), name)
    return existsSync(path) ? path : `${path}.json`
  }
  const { resolve: find } = createRequire(from)
  for (const tried of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return find(tried)
    } catch {}
  }
  return name
}
