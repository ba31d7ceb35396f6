/** A recipe of the README as a program of its own: plain JavaScript, which prints what the README claims. */
import ts from 'typescript'
import { CLAIM, type Snippet } from '../snippets.js'

export interface Recipe {
  /** `api-keys.js` */
  readonly file: string
  readonly title: string
  readonly program: string
  /** What stands behind its `// =>`, in turn. */
  readonly claims: readonly string[]
}

/** Node runs no decorators: examples/decorators is what shows them. */
const DECORATED = /^\s*@[A-Z]/m

export function recipesOf(snippets: readonly Snippet[]): Recipe[] {
  const recipes: Recipe[] = []
  for (const { section, title, prose, code } of snippets) {
    if (section !== 'Recipes' || DECORATED.test(code)) continue
    const name = nameOf(title)
    const before = recipes.filter((recipe) => recipe.title === title).length
    recipes.push({
      file: before === 0 ? `${name}.js` : `${name}-${before + 1}.js`,
      title,
      program: `${comment(title, prose)}\n${printing(withoutTypes(code))}`,
      claims: [...code.matchAll(CLAIM)].map(([, , claim = '']) => claim),
    })
  }
  return recipes
}

/** `Callers who sign: SigV4 and IAM policies` is in `callers-who-sign.js`. */
function nameOf(title: string): string {
  const [words = title] = title.split(':')
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

function comment(title: string, prose: string): string {
  if (prose.includes('*/')) throw new Error(`the words of '${title}' would end a comment`)
  const lines = [`${title}.`, ...(prose === '' ? [] : ['', ...prose.split('\n')])]
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n')
}

function printing(code: string): string {
  return code.replace(CLAIM, 'console.log($1) // => $2')
}

/** The same text without what only a compiler reads. */
function withoutTypes(code: string): string {
  const source = ts.createSourceFile('recipe.ts', code, ts.ScriptTarget.Latest, true)
  const cuts: (readonly [from: number, to: number])[] = []
  const visit = (node: ts.Node): void => {
    const cut = cutOf(node, source)
    if (cut !== undefined) cuts.push(cut)
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit)
  }
  visit(source)
  let text = code
  for (const [from, to] of cuts.sort(([one], [other]) => other - one))
    text = text.slice(0, from) + text.slice(to)
  return text
}

function cutOf(node: ts.Node, source: ts.SourceFile): readonly [from: number, to: number] | undefined {
  if (ts.isImportSpecifier(node) && node.isTypeOnly) return [node.getFullStart(), afterComma(node, source)]
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return [node.expression.end, node.end]
  if (ts.isNonNullExpression(node)) return [node.expression.end, node.end]
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return [node.getFullStart(), node.end]
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const { typeArguments } = node
    return typeArguments && [node.expression.end, typeArguments.end + 1]
  }
  if (!(ts.isVariableDeclaration(node) || ts.isParameter(node)) || node.type === undefined) return undefined
  return [node.name.end, node.type.end]
}

/** With the comma that parts it from the next one. */
function afterComma({ end }: ts.Node, { text }: ts.SourceFile): number {
  return text[end] === ',' ? end + 1 : end
}
