/**
 * The methods of `java.util.Map`.
 *
 * @see https://docs.oracle.com/javase/8/docs/api/java/util/Map.html
 */
import type { Method, Methods } from './methods.js'
import type { Run } from './run.js'
import { Entry, getKey, hasKey, isMap, type JavaMap, javaEquals, listOf, setKey } from './values.js'

type MapMethod = Method<JavaMap>

function keyOf(args: readonly unknown[], run: Run): string {
  return run.print(args[0])
}

/** The keys, which are paid for. */
function keysOf(self: JavaMap, run: Run): readonly string[] {
  const keys = Object.keys(self)
  run.spend(keys.length)
  return keys
}

const put: MapMethod = (self, args, run) => {
  const key = keyOf(args, run)
  const before = getKey(self, key)
  setKey(self, key, args[1] ?? null)
  return before
}

const putAll: MapMethod = (self, [other], run) => {
  if (isMap(other)) for (const key of keysOf(other, run)) setKey(self, key, getKey(other, key))
  return undefined
}

const putIfAbsent: MapMethod = (self, args, run) => {
  const before = getKey(self, keyOf(args, run))
  if (before === undefined || before === null) setKey(self, keyOf(args, run), args[1] ?? null)
  return before
}

const remove: MapMethod = (self, args, run) => {
  const key = keyOf(args, run)
  const before = getKey(self, key)
  delete self[key]
  return before
}

const clear: MapMethod = (self, _, run) => {
  for (const key of keysOf(self, run)) delete self[key]
  return undefined
}

export const MAP_METHODS: Methods<JavaMap> = new Map<string, MapMethod>([
  ['clear', clear],
  ['containsKey', (self, args, run) => hasKey(self, keyOf(args, run))],
  [
    'containsValue',
    (self, [value], run) => keysOf(self, run).some((key) => javaEquals(getKey(self, key), value, run)),
  ],
  ['entrySet', (self, _, run) => listOf(keysOf(self, run).map((key) => new Entry(key, getKey(self, key))))],
  ['get', (self, args, run) => getKey(self, keyOf(args, run))],
  ['getOrDefault', (self, args, run) => getKey(self, keyOf(args, run)) ?? args[1]],
  ['isEmpty', (self, _, run) => keysOf(self, run).length === 0],
  ['keySet', (self, _, run) => listOf(keysOf(self, run))],
  ['put', put],
  ['putAll', putAll],
  ['putIfAbsent', putIfAbsent],
  ['remove', remove],
  ['size', (self, _, run) => keysOf(self, run).length],
  ['toString', (self, _, run) => run.print(self)],
  ['values', (self, _, run) => listOf(keysOf(self, run).map((key) => getKey(self, key)))],
])
