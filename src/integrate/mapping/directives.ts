/** What directives do while a template is rendered. */
import { misconfigured } from './faults.js'
import { Block, type Emit, type Evaluate, type Run } from './run.js'
import type { Macro } from './scope.js'
import { isMap, type JavaMap, newMap } from './values.js'

/** AWS's bound, past which it leaves items out. */
const MOST_ITERATIONS = 1_000

export const NOTHING: Emit = () => {}

/** Where a loop keeps what it tells. */
interface LoopSlots {
  readonly item: number
  readonly state: number
  readonly count: number
  readonly more: number
}

/** `#foreach` */
export function looping(items: Evaluate, emit: Emit, { item, state, count, more }: LoopSlots): Emit {
  return (run) => {
    const all = itemsOf(items(run), run)
    if (all.length === 0) return
    const { slots } = run
    const before = [slots[item], slots[state], slots[count], slots[more]]
    for (let index = 0; index < all.length && run.halt === undefined; index++) {
      run.spend(1)
      const hasNext = index + 1 < all.length
      slots[item] = all[index]
      slots[state] = loopState(index, hasNext, before[1])
      slots[count] = index + 1
      slots[more] = hasNext
      emit(run)
    }
    if (run.halt === 'break') run.halt = undefined
    ;[slots[item], slots[state], slots[count], slots[more]] = before
  }
}

/** Calls a macro: its arguments are variables meanwhile, and what they were before once it is over. */
export function calling(
  run: Run,
  { slots, emit }: Macro,
  values: readonly unknown[],
  content: { readonly slot: number; readonly body: Emit },
): void {
  run.spend(1)
  run.enter()
  const before = slots.map((slot) => run.slots[slot])
  const contentBefore = run.slots[content.slot]
  slots.forEach((slot, index) => {
    run.slots[slot] = values[index]
  })
  run.slots[content.slot] = new Block(content.body)
  emit(run)
  slots.forEach((slot, index) => {
    run.slots[slot] = before[index]
  })
  run.slots[content.slot] = contentBefore
  run.leave()
}

export function written(text: string): Emit {
  return (run) => {
    run.write(text)
  }
}

export function sequence(parts: readonly Emit[]): Emit {
  const [first, second] = parts
  if (first === undefined) return NOTHING
  if (second === undefined) return first
  return (run) => {
    for (let index = 0; index < parts.length; index++) {
      parts[index]?.(run)
      if (run.halt !== undefined) return
    }
  }
}

/** A list's items, a map's values; of anything else none. @throws Unmapped */
function itemsOf(value: unknown, run: Run): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : []
  run.spend(items.length)
  if (items.length > MOST_ITERATIONS) {
    throw misconfigured(`#foreach over ${items.length} items: more than the ${MOST_ITERATIONS} that AWS does`)
  }
  return items
}

function loopState(index: number, hasNext: boolean, parent: unknown): JavaMap {
  const state = newMap()
  state.index = index
  state.count = index + 1
  state.hasNext = hasNext
  state.first = index === 0
  state.last = !hasNext
  state.parent = parent
  return state
}
