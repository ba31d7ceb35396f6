/** Route tables as REST APIs have them, and requests for them. */

/** What a resource has, by how much it is used: tables of any size begin alike. */
const SHAPES = [
  ['GET', ''],
  ['GET', '/{id}'],
  ['POST', ''],
  ['PUT', '/{id}'],
  ['DELETE', '/{id}'],
  ['GET', '/{id}/items'],
  ['GET', '/{id}/items/{itemId}'],
  ['PATCH', '/{id}/items/{itemId}'],
  ['POST', '/{id}/archive'],
  ['GET', '/{id}/history/{year}/{month}'],
]

// biome-ignore format: a list
const NOUNS = [
  'orders', 'pets', 'users', 'invoices', 'shipments', 'carts', 'payments', 'reviews', 'addresses', 'coupons',
  'products', 'categories', 'suppliers', 'warehouses', 'refunds', 'sessions', 'messages', 'contacts', 'reports', 'tickets',
  'projects', 'tasks', 'comments', 'labels', 'files', 'folders', 'teams', 'roles', 'grants', 'events',
  'devices', 'alerts', 'metrics', 'rules', 'jobs', 'queues',
]

/** @returns {{ method: string, path: string }[]} `count` routes, paths in AWS's syntax */
export function routes(count) {
  return Array.from({ length: count }, (_, index) => {
    const [method, tail] = SHAPES[index % SHAPES.length]
    return { method, path: `/${resource(Math.floor(index / SHAPES.length))}${tail}` }
  })
}

function resource(index) {
  const noun = NOUNS[index % NOUNS.length]
  return index < NOUNS.length ? noun : `${NOUNS[Math.floor(index / NOUNS.length) % NOUNS.length]}-${noun}`
}

/** The same path as find-my-way, path-to-regexp and Express write it. */
export function colons(path) {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** So many, that no cache of a few answers can help: a power of two. */
export const POOL = 4096

/** How a route is drawn: a share in [0, 1) to an index. */
const DRAWS = {
  even: (share, count) => Math.floor(share * count),
  /** As traffic is: the n-th route is asked for 1/n as often as the first. */
  skewed: (share, count) => Math.floor(count ** share) - 1,
}

/**
 * Requests for routes of the table, each with ids of its own. Every run draws the same ones.
 *
 * @param {keyof typeof DRAWS} draw
 */
export function requests(table, prefix = '', draw = 'even') {
  const random = lehmer(42)
  return Array.from({ length: POOL }, () => {
    const { method, path } = table[DRAWS[draw](random() / RANGE, table.length)]
    return { method, target: prefix + path.replace(/\{\w+\}/g, () => String(random() % 1_000_000)) }
  })
}

const RANGE = 0x7fffffff

/** Lehmer's generator: the same numbers in every run. */
function lehmer(seed) {
  let state = seed
  return () => {
    state = (state * 48_271) % RANGE
    return state
  }
}
