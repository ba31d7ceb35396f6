/**
 * Decorators made into plain code, as users' compilers do it: neither Node nor vite's own compiler does. A test asks for
 * a way by the query, `pets.ts?typescript-legacy`; else it is esbuild's, with decorators as TC39 has them. NestJS injects by
 * the types that TypeScript emits.
 */
import { transform } from 'esbuild'
import ts from 'typescript'
import type { Plugin } from 'vite'

const DECORATED = /(?:^\s*|\()@[A-Z]/m

export function lowerDecorators(): Plugin {
  return {
    name: 'lower-decorators',
    enforce: 'pre',
    transform: (code, id) => {
      const [file = '', query = ''] = id.split('?')
      if (!file.endsWith('.ts') || !DECORATED.test(code)) return undefined
      const nest = file.includes('/examples/nestjs/')
      const legacy = nest || query.includes('legacy')
      return nest || query.startsWith('typescript') ? byTypeScript(code, legacy) : byEsbuild(code, legacy)
    },
  }
}

function byTypeScript(code: string, legacy: boolean): string {
  const target = ts.ScriptTarget.ES2022
  const module = ts.ModuleKind.ESNext
  const flags = { experimentalDecorators: legacy, emitDecoratorMetadata: legacy, verbatimModuleSyntax: true }
  return ts.transpileModule(code, { compilerOptions: { target, module, ...flags } }).outputText
}

async function byEsbuild(code: string, legacy: boolean): Promise<string> {
  const compilerOptions = { experimentalDecorators: legacy, verbatimModuleSyntax: true }
  return (await transform(code, { loader: 'ts', target: 'es2022', tsconfigRaw: { compilerOptions } })).code
}
