/** The syntax trees of templates, as velocityjs makes them, and what is wrong with a template that has none. */
import { parse } from 'velocityjs'
import { MappingFault } from './faults.js'
import { type Literal, prepare } from './prepare.js'

/** What a template is made of. A block is a list, of which the first item says what it is. */
export type Node = string | DirectiveNode | ReferenceNode | BlockNode
export interface BlockNode extends ReadonlyArray<Node> {}

interface Position {
  readonly first_line: number
  readonly first_column: number
  readonly last_line: number
  readonly last_column: number
}

export interface DirectiveNode {
  readonly type: string
  readonly id?: string
  readonly value?: unknown
  readonly pos?: Position
  readonly args?: readonly Expression[] | false
  /** Of `#if` and `#elseif`. */
  readonly condition?: Expression
  /** Of `#set`. */
  readonly equal?: readonly [ReferenceNode, Expression]
  /** Of `#foreach`. */
  readonly to?: string
  readonly from?: Expression
}

export interface ReferenceNode {
  readonly type: 'references'
  readonly id: string
  readonly leader: string
  readonly isWraped?: boolean
  readonly path?: readonly StepNode[]
  readonly args?: readonly Expression[] | false | undefined
  readonly pos?: Position
}

export type StepNode =
  | { readonly type: 'property'; readonly id: string }
  | { readonly type: 'method'; readonly id: string; readonly args?: readonly Expression[] | false }
  | { readonly type: 'index'; readonly id: Expression }
  | { readonly type: 'content'; readonly value: string }

export type Expression =
  | ReferenceNode
  | { readonly type: 'string'; readonly value: string; readonly isEval?: boolean }
  | { readonly type: 'integer' | 'decimal'; readonly value: string | number }
  | { readonly type: 'bool'; readonly value: 'true' | 'false' | 'null' }
  | {
      readonly type: 'array'
      readonly value: readonly (Expression | string | number)[]
      readonly isRange?: boolean
    }
  | { readonly type: 'map'; readonly value?: Readonly<Record<string, Expression>> }
  | { readonly type: 'math'; readonly operator: string; readonly expression: readonly Expression[] }
  | { readonly type: 'runt'; readonly value: string }

/** A template, taken apart. */
export interface Tree {
  readonly nodes: readonly Node[]
  readonly literals: ReadonlyMap<string, Literal>
  /** What stands somewhere in it, as it was written. */
  textAt(position: Position | undefined): string
}

/** AWS's bound, in characters. */
const LONGEST = 300 * 1024
/** Blocks in one another. */
const DEEPEST = 100
/** Stands behind a template to see whether all of its blocks are closed, and no others. */
const END = '\u0000'

/** @throws MappingFault */
export function syntaxOf(template: string): Tree {
  if (template.length > LONGEST)
    throw new MappingFault(`a template of ${template.length} characters`, `At most ${LONGEST} are read.`)
  const { source, literals, depth } = prepare(template)
  if (depth > DEEPEST)
    throw new MappingFault(`blocks in one another, ${depth} deep`, `At most ${DEEPEST} are read.`)
  const nodes = withoutEnd(parsed(`${source}\n#[[${END}]]#`))
  const lines = source.split('\n')
  return { nodes, literals, textAt: (position) => textAt(lines, position, literals) }
}

function parsed(source: string): readonly Node[] {
  try {
    // Newlines are left: which of them count is not the same in Velocity.
    return parse(source, {}, false) as unknown as readonly Node[]
  } catch (error) {
    throw unreadable(error, source)
  }
}

const FIX = 'See https://velocity.apache.org/engine/1.7/vtl-reference.html for how it is written.'

function unreadable(error: unknown, source: string): MappingFault {
  const hash: unknown = error instanceof Error && 'hash' in error ? error.hash : undefined
  const { line, text } = (hash ?? {}) as { line?: unknown; text?: unknown }
  const at = typeof line === 'number' ? line : source.split('\n').length - 2
  const where = `line ${Math.min(at, source.split('\n').length - 2) + 1} of the template`
  const isEnd = typeof text !== 'string' || text === '' || text.includes(END)
  return new MappingFault(isEnd ? `${where} ends too early` : `${where} cannot be read at '${text}'`, FIX)
}

/** Whether all blocks are closed shows in where the end has come to lie. */
function withoutEnd(nodes: readonly Node[]): readonly Node[] {
  const last = nodes.at(-1)
  if (!isEnd(last))
    throw new MappingFault('an #end that closes nothing', 'Take it away, or open a block before it.')
  if (nodes.slice(0, -1).some(hasEnd))
    throw new MappingFault('a block without its #end', 'Write #end behind it.')
  const before = nodes.at(-2)
  // The newline before the end is no part of the template.
  return typeof before === 'string' ? [...nodes.slice(0, -2), before.replace(/\n$/, '')] : nodes.slice(0, -1)
}

function isEnd(node: Node | undefined): boolean {
  return isDirective(node) && node.type === 'raw' && node.value === END
}

function hasEnd(node: Node): boolean {
  return isBlock(node) ? node.some(hasEnd) : isEnd(node)
}

export function isBlock(node: Node | undefined): node is BlockNode {
  return Array.isArray(node)
}

export function isReference(node: Node | undefined): node is ReferenceNode {
  return typeof node === 'object' && !isBlock(node) && node.type === 'references'
}

export function isDirective(node: Node | undefined): node is DirectiveNode {
  return typeof node === 'object' && !isBlock(node) && node.type !== 'references'
}

function textAt(
  lines: readonly string[],
  position: Position | undefined,
  literals: ReadonlyMap<string, Literal>,
): string {
  if (position === undefined) return ''
  const { first_line, first_column, last_line, last_column } = position
  const all = lines.slice(first_line - 1, last_line)
  const last = all.length - 1
  const text = all
    .map((line, index) =>
      line.slice(index === 0 ? first_column : 0, index === last ? last_column : undefined),
    )
    .join('\n')
  return text.replace(/\$(\w+)/g, (name) => literals.get(name.slice(1))?.raw ?? name)
}

/** The parser assigns what it reads, and an entry called `__proto__` becomes the prototype of those beside it. */
export function entriesOf(
  entries: Readonly<Record<string, Expression>>,
): readonly (readonly [string, Expression])[] {
  const odd: unknown = Object.getPrototypeOf(entries)
  const own = Object.entries(entries)
  return odd === Object.prototype || odd === null ? own : [['__proto__', odd as Expression], ...own]
}
