/** The expressions of templates: references, texts, numbers, lists, maps, and what is made of them. */
import { MappingFault, misconfigured } from './faults.js'
import { MATH } from './math.js'
import { callMethod, elementOf, propertyOf } from './methods.js'
import { Block, type Emit, type Evaluate, type Run } from './run.js'
import type { Scope } from './scope.js'
import type { DirectiveNode, Expression, ReferenceNode, StepNode, Tree } from './syntax.js'
import { entriesOf } from './syntax.js'
import { Decimal, isMap, isTrue, type JavaList, listOf, newMap, numberOf, setKey } from './values.js'

/** How one step of a reference goes on from a value. */
type Step = (value: unknown, run: Run) => unknown

/** Numbers of a range. */
const LONGEST_RANGE = 100_000

export class Expressions {
  constructor(
    readonly tree: Tree,
    readonly scope: Scope,
    /** Compiles what stands in double quotes. */
    readonly interpolated: (text: string) => Emit,
  ) {}

  /** @throws MappingFault */
  value(expression: Expression): Evaluate {
    switch (expression.type) {
      case 'references':
        return this.#reference(expression)
      case 'string':
        return this.#text(expression.value, expression.isEval === true)
      case 'integer':
        return constant(integerOf(expression.value))
      case 'decimal':
        return constant(Decimal.of(Number(expression.value)))
      case 'bool':
        return constant(expression.value === 'null' ? undefined : expression.value === 'true')
      case 'array':
        return expression.isRange === true ? this.#range(expression.value) : this.#list(expression.value)
      case 'map':
        return this.#map(expression.value ?? {})
      case 'math':
        return this.#math(expression.operator, expression.expression)
      default:
        throw new MappingFault(
          `'${String(expression.value)}' is no value`,
          'Write a reference, a text or a number.',
        )
    }
  }

  /** A reference where it stands in the text. What is null there prints nothing, as in AWS. */
  printed(node: ReferenceNode): Emit {
    const { path = [], args } = node
    const cut = args === undefined ? path.findIndex((step) => step.type === 'content') : 0
    const steps = cut < 0 ? path : path.slice(0, cut)
    const value = this.#reference({ ...node, path: steps, args: undefined })
    const rest = cut < 0 ? '' : this.#restOf(node, steps)
    return (run) => {
      run.write(run.print(value(run)))
      if (rest !== '') run.write(rest)
    }
  }

  /** What looks like a part of a reference, and is text: `$block()`, `$name.` */
  #restOf({ args, path = [], pos }: ReferenceNode, steps: readonly StepNode[]): string {
    if (args === undefined) return path.slice(steps.length).map(contentOf).join('')
    const text = this.tree.textAt(pos)
    return text.slice(text.indexOf('('))
  }

  assignment({ equal }: DirectiveNode): Emit {
    if (equal === undefined) throw new MappingFault('a #set that sets nothing', 'Write #set($name = value).')
    const [target, expression] = equal
    const value = this.value(expression)
    const { path = [], id } = target
    const slot = this.scope.slot(id)
    const last = path.at(-1)
    if (last === undefined) {
      return (run) => {
        run.spend(1)
        run.slots[slot] = value(run)
      }
    }
    const owner = this.#reference({ ...target, path: path.slice(0, -1) })
    const key = this.#key(last)
    return (run) => {
      run.spend(1)
      assign(owner(run), key(run), value(run), run)
    }
  }

  #key(step: StepNode): Evaluate {
    if (step.type === 'property') return constant(step.id)
    if (step.type === 'index') return this.value(step.id)
    throw new MappingFault(
      'a #set of what a method gives',
      'Name what is to be set: #set($map.name = value).',
    )
  }

  /** Null is an empty text, wherever it is spoken of: AWS has it so. */
  #reference({ id, path = [], args }: ReferenceNode): Evaluate {
    if (args !== undefined)
      throw new MappingFault(`'$${id}(…)' is no value`, 'Call a method of something: $input.params().')
    const literal = this.tree.literals.get(id)
    const root = literal === undefined ? this.#variable(id) : this.#text(literal.text, literal.interpolated)
    const steps = path.map((step) => this.#step(step))
    const [first, second] = steps
    if (first === undefined) return (run) => root(run) ?? ''
    if (second === undefined) return (run) => first(root(run), run) ?? ''
    return (run) => {
      let value = root(run)
      for (const step of steps) {
        value = step(value, run)
        if (value === undefined || value === null) return ''
      }
      return value
    }
  }

  #variable(id: string): Evaluate {
    const slot = this.scope.slot(id)
    return (run) => {
      const value = run.slots[slot]
      if (!(value instanceof Block)) return value
      run.enter()
      const text = run.capture(value.emit)
      run.leave()
      return text
    }
  }

  #step(step: StepNode): Step {
    switch (step.type) {
      case 'property':
        return (value, run) => {
          run.spend(1)
          return value === undefined || value === null ? undefined : propertyOf(value, step.id)
        }
      case 'index': {
        const index = this.value(step.id)
        return (value, run) => {
          run.spend(1)
          return value === undefined || value === null ? undefined : elementOf(value, index(run), run)
        }
      }
      case 'method': {
        const { id } = step
        const args = (step.args || []).map((each) => this.value(each))
        return (value, run) => {
          if (value === undefined || value === null) return undefined
          return callMethod(
            value,
            id,
            args.map((each) => each(run)),
            run,
          )
        }
      }
      default:
        throw new MappingFault(
          `'${step.value}' is no part of a reference`,
          'Put the name in braces where text follows.',
        )
    }
  }

  #text(text: string, interpolated: boolean): Evaluate {
    if (!interpolated || !/[$#]/.test(text)) return constant(text)
    const emit = this.interpolated(text)
    return (run) => run.capture(emit)
  }

  #list(items: readonly (Expression | string | number)[]): Evaluate {
    const values = items.map((each) => (typeof each === 'object' ? this.value(each) : constant(Number(each))))
    return (run) => {
      run.spend(values.length)
      return listOf(values.map((each) => each(run)))
    }
  }

  #range(ends: readonly (Expression | string | number)[]): Evaluate {
    const [from, to] = ends.map((each) =>
      typeof each === 'object' ? this.value(each) : constant(Number(each)),
    )
    return (run) => {
      const [first, last] = [numberOf(from?.(run)), numberOf(to?.(run))]
      if (first === undefined || last === undefined) return undefined
      return rangeOf(first, last, run)
    }
  }

  #map(entries: Readonly<Record<string, Expression>>): Evaluate {
    const values = entriesOf(entries).map(
      ([name, each]) => [this.#text(name, true), this.value(each)] as const,
    )
    return (run) => {
      const map = newMap()
      for (const [name, value] of values) setKey(map, run.print(name(run)), value(run) ?? null)
      run.spend(values.length)
      return map
    }
  }

  #math(operator: string, operands: readonly Expression[]): Evaluate {
    const [left, right] = operands.map((each) => this.value(each))
    if (left === undefined) throw new MappingFault(`'${operator}' without a value`, 'Write one behind it.')
    if (operator === 'parenthesis') return left
    if (operator === 'not') return (run) => !isTrue(left(run))
    if (right === undefined) return (run) => MATH['-']?.(0, left(run), run)
    if (operator === '&&') return (run) => isTrue(left(run)) && isTrue(right(run))
    if (operator === '||') return (run) => isTrue(left(run)) || isTrue(right(run))
    const calculate = MATH[operator]
    if (calculate === undefined)
      throw new MappingFault(`'${operator}' is no operator`, 'Write + - * / % == != < > <= >=.')
    return (run) => {
      run.spend(1)
      return calculate(left(run), right(run), run)
    }
  }
}

function constant(value: unknown): Evaluate {
  return () => value
}

function integerOf(value: string | number): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

function contentOf(step: StepNode): string {
  if (step.type === 'content') return step.value
  return step.type === 'property' ? `.${step.id}` : ''
}

function rangeOf(first: number, last: number, run: Run): JavaList {
  const length = Math.abs(last - first) + 1
  if (!(length <= LONGEST_RANGE))
    throw misconfigured(`a range of ${length} numbers, more than ${LONGEST_RANGE}`)
  run.spend(length)
  const step = first <= last ? 1 : -1
  return listOf(Array.from({ length }, (_, index) => first + index * step))
}

/** Sets what a list or a map holds; what is neither holds nothing. */
function assign(owner: unknown, key: unknown, value: unknown, run: Run): void {
  if (isMap(owner)) setKey(owner, run.print(key), value ?? null)
  else if (Array.isArray(owner)) {
    const at = numberOf(key) ?? Number.NaN
    const index = at < 0 ? owner.length + at : at
    if (Number.isInteger(index) && index >= 0 && index < owner.length) owner[index] = value ?? null
  }
}
