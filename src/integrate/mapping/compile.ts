/** Templates as functions: what can be decided once is, and what is left runs for each request. */

import { calling, looping, NOTHING, sequence, written } from './directives.js'
import { Expressions } from './expressions.js'
import { MappingFault } from './faults.js'
import { Block, type Emit, type Evaluate } from './run.js'
import { Scope } from './scope.js'
import {
  type BlockNode,
  type DirectiveNode,
  isBlock,
  isDirective,
  isReference,
  type Node,
  syntaxOf,
  type Tree,
} from './syntax.js'
import { isTrue } from './values.js'

/** A template, compiled. */
export interface Program {
  readonly emit: Emit
  /** Variables by their places; the first are AWS's own. */
  readonly slots: readonly string[]
}

/** @param own variables that are set before */
export function compileProgram(template: string, own: readonly string[]): Program {
  const scope = new Scope(own)
  return { emit: new Blocks(syntaxOf(template), scope).all(), slots: scope.names }
}

/** Compiles what stands in a template, or in a text of one. */
class Blocks {
  readonly #tree: Tree
  readonly #scope: Scope
  readonly #expressions: Expressions

  constructor(tree: Tree, scope: Scope) {
    this.#tree = tree
    this.#scope = scope
    this.#expressions = new Expressions(tree, scope, (text) => new Blocks(syntaxOf(text), scope).all())
  }

  all(): Emit {
    this.#findMacros(this.#tree.nodes)
    return this.#block(this.#tree.nodes)
  }

  /** They may be called before they stand there. */
  #findMacros(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (!isBlock(node)) continue
      const [head] = node
      if (isDirective(head) && head.type === 'macro') {
        const slots = (head.args || []).map((each) => this.#scope.slot('id' in each ? String(each.id) : ''))
        this.#scope.macros.set(head.id ?? '', { slots, emit: NOTHING })
      }
      this.#findMacros(node)
    }
  }

  #block(nodes: readonly Node[], after?: Node): Emit {
    const parts: Emit[] = []
    let text = ''
    let before = after
    const flush = () => {
      if (text !== '') parts.push(written(text))
      text = ''
    }
    for (const node of nodes) {
      if (typeof node === 'string') text += endsLine(before) ? node.replace(/^[ \t]*\r?\n/, '') : node
      else if (isDirective(node) && node.type === 'raw') text += String(node.value)
      else {
        const emit = this.#node(node)
        if (emit !== NOTHING) {
          flush()
          parts.push(emit)
        }
      }
      before = node
    }
    flush()
    return sequence(parts)
  }

  #node(node: Exclude<Node, string>): Emit {
    if (isBlock(node)) return this.#nested(node)
    if (isReference(node)) return this.#expressions.printed(node)
    switch (node.type) {
      case 'comment':
        return NOTHING
      case 'set':
        return this.#expressions.assignment(node)
      case 'break':
        return (run) => {
          run.halt = 'break'
        }
      case 'macro_call':
        return this.#call(node, NOTHING)
      default:
        throw new MappingFault(`#${node.type} is nothing that a template can say`, 'Take it away.')
    }
  }

  #nested(block: BlockNode): Emit {
    const [head, ...rest] = block
    if (!isDirective(head)) return this.#block(block)
    switch (head.type) {
      case 'if':
        return this.#condition(block)
      case 'foreach':
        return this.#loop(head, rest)
      case 'macro':
        return this.#macro(head, rest)
      case 'define':
        return this.#definition(head, rest)
      case 'macro_body':
        return this.#call(head, this.#block(rest, head))
      default:
        throw new MappingFault(`#${head.type} is nothing that a template can say`, 'Take it away.')
    }
  }

  #condition(block: BlockNode): Emit {
    const branches: { readonly holds: Evaluate; readonly emit: Emit }[] = []
    let head: DirectiveNode | undefined
    let body: Node[] = []
    const close = () => {
      if (head === undefined) return
      const holds = head.condition === undefined ? () => true : this.#expressions.value(head.condition)
      branches.push({ holds, emit: this.#block(body, head) })
    }
    for (const node of block) {
      if (isDirective(node) && (node.type === 'if' || node.type === 'elseif' || node.type === 'else')) {
        close()
        head = node
        body = []
      } else body.push(node)
    }
    close()
    return (run) => {
      run.spend(1)
      for (const { holds, emit } of branches) if (isTrue(holds(run))) return emit(run)
    }
  }

  #loop({ to = '', from }: DirectiveNode, body: readonly Node[]): Emit {
    if (from === undefined) return NOTHING
    const items = this.#expressions.value(from)
    const emit = this.#block(body, { type: 'foreach' })
    const [item, state] = [this.#scope.slot(to), this.#scope.slot('foreach')]
    const [count, more] = [this.#scope.slot('velocityCount'), this.#scope.slot('velocityHasNext')]
    return looping(items, emit, { item, state, count, more })
  }

  #macro({ id = '' }: DirectiveNode, body: readonly Node[]): Emit {
    const macro = this.#scope.macros.get(id)
    if (macro !== undefined) macro.emit = this.#block(body, { type: 'macro' })
    return NOTHING
  }

  #definition({ id = '' }: DirectiveNode, body: readonly Node[]): Emit {
    const block = new Block(this.#block(body, { type: 'define' }))
    const slot = this.#scope.slot(id)
    return (run) => {
      run.slots[slot] = block
    }
  }

  /** What no macro is called is text, as in AWS. */
  #call(node: DirectiveNode, body: Emit): Emit {
    const { id = '', args, pos } = node
    if (id === 'stop') {
      return (run) => {
        run.halt = 'stop'
      }
    }
    const macro = this.#scope.macros.get(id)
    if (macro === undefined) {
      const text = written(this.#tree.textAt(pos))
      return body === NOTHING ? text : sequence([text, body])
    }
    const values = (args || []).map((each) => this.#expressions.value(each))
    const content = this.#scope.slot('bodyContent')
    return (run) => calling(run, macro, [...values.map((value) => value(run))], { slot: content, body })
  }
}

/** Whether the newline behind it is its own, as in Velocity 1. */
function endsLine(node: Node | undefined): boolean {
  if (node === undefined || typeof node === 'string' || isReference(node)) return false
  if (isBlock(node)) return true
  if (node.type === 'comment') return String(node.value).startsWith('##')
  return node.type !== 'raw' && node.type !== 'macro_call'
}
