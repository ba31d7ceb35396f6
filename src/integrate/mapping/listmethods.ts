/**
 * The methods of `java.util.List`.
 *
 * @see https://docs.oracle.com/javase/8/docs/api/java/util/List.html
 */
import { misconfigured } from './faults.js'
import type { Method, Methods } from './methods.js'
import type { Run } from './run.js'
import { javaEquals, listOf, numberOf } from './values.js'

type ListMethod = Method<unknown[]>

/** More items than a body of 10 MB can have. */
const LONGEST = 5_242_880

function indexAt(self: readonly unknown[], index: unknown, most = self.length - 1): number {
  const at = numberOf(index)
  if (at === undefined || !Number.isInteger(at) || at < 0 || at > most)
    throw misconfigured(`a list of ${self.length} has no index ${String(at)}`)
  return at
}

function find(self: readonly unknown[], item: unknown, run: Run): number {
  run.spend(self.length)
  return self.findIndex((each) => javaEquals(each, item, run))
}

function findLast(self: readonly unknown[], item: unknown, run: Run): number {
  run.spend(self.length)
  return self.findLastIndex((each) => javaEquals(each, item, run))
}

function itemsOf(list: unknown, run: Run): readonly unknown[] {
  const items = Array.isArray(list) ? list : []
  run.spend(items.length)
  return items
}

function insert(self: unknown[], at: number, items: readonly unknown[], run: Run): void {
  run.spend(items.length + (at < self.length ? self.length : 0))
  if (self.length + items.length > LONGEST) throw misconfigured('a list grows too long')
  if (at === self.length) for (const item of items) self.push(item)
  else self.splice(at, 0, ...items)
}

const add: ListMethod = (self, args, run) => {
  const [first, item] = args
  if (args.length > 1) {
    insert(self, indexAt(self, first, self.length), [item], run)
    return undefined
  }
  insert(self, self.length, [first], run)
  return true
}

const addAll: ListMethod = (self, args, run) => {
  const at = args.length > 1 ? indexAt(self, args[0], self.length) : self.length
  // It may be the list itself.
  const items = [...itemsOf(args.at(-1), run)]
  insert(self, at, items, run)
  return items.length > 0
}

/** By its place where a number is given, else the first that is equal. */
const remove: ListMethod = (self, [which], run) => {
  run.spend(self.length)
  if (numberOf(which) !== undefined) return self.splice(indexAt(self, which), 1)[0]
  const at = find(self, which, run)
  if (at >= 0) self.splice(at, 1)
  return at >= 0
}

/** Keeps what the other list has, or what it has not. */
function keeping(wanted: boolean): ListMethod {
  return (self, [other], run) => {
    const items = itemsOf(other, run)
    const kept = self.filter((each) => find(items, each, run) >= 0 === wanted)
    const changed = kept.length < self.length
    self.splice(0, self.length)
    insert(self, 0, kept, run)
    return changed
  }
}

const subList: ListMethod = (self, [from, to], run) => {
  const [start, end] = [indexAt(self, from, self.length), indexAt(self, to, self.length)]
  run.spend(Math.max(end - start, 0))
  return listOf(self.slice(start, end))
}

const set: ListMethod = (self, [index, item]) => {
  const at = indexAt(self, index)
  const before = self[at]
  self[at] = item
  return before
}

const size: ListMethod = (self) => self.length

export const LIST_METHODS: Methods<unknown[]> = new Map<string, ListMethod>([
  ['add', add],
  ['addAll', addAll],
  ['clear', (self) => void self.splice(0, self.length)],
  ['contains', (self, [item], run) => find(self, item, run) >= 0],
  ['containsAll', (self, [other], run) => itemsOf(other, run).every((each) => find(self, each, run) >= 0)],
  // AWS's own documentation counts so.
  ['count', size],
  ['get', (self, [index]) => self[indexAt(self, index)]],
  ['indexOf', (self, [item], run) => find(self, item, run)],
  ['isEmpty', (self) => self.length === 0],
  ['iterator', (self) => self],
  ['lastIndexOf', (self, [item], run) => findLast(self, item, run)],
  ['remove', remove],
  ['removeAll', keeping(false)],
  ['retainAll', keeping(true)],
  ['set', set],
  ['size', size],
  ['subList', subList],
  ['toArray', (self, _, run) => listOf(itemsOf(self, run))],
  ['toString', (self, _, run) => run.print(self)],
])
