/** What the app of each framework answers: the same bytes, however it is served. */

/** An order, or several. */
export function order(params) {
  return {
    ...params,
    state: 'open',
    total: 129.5,
    currency: 'EUR',
    lines: [
      { sku: 'A-1', count: 2 },
      { sku: 'B-7', count: 1 },
    ],
  }
}

/** What a new one is answered with. */
export function placed({ sku, count }) {
  return { id: 4711, state: 'open', lines: [{ sku, count }] }
}

/** What a new one looks like. */
export const ORDER = {
  type: 'object',
  required: ['sku', 'count'],
  additionalProperties: false,
  properties: {
    sku: { type: 'string', pattern: '^[A-Z]-[0-9]+$' },
    count: { type: 'integer', minimum: 1, maximum: 100 },
    note: { type: 'string', maxLength: 200 },
  },
}

/**
 * The whole body of a request of Node's, where no framework reads it.
 *
 * @param {import('node:http').IncomingMessage} req
 */
export async function jsonOf(req) {
  const pieces = []
  for await (const piece of req) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces).toString())
}

/**
 * @typedef {object} Build
 * @property {import('postern').Gateway | undefined} gateway what stands before the app
 * @property {import('../floor.mjs').Floor | undefined} floor the same by hand, as the least that it could cost
 * @property {boolean} front whether it stands in front of the framework
 * @property {readonly string[] | undefined} usual the values of API keys that what one would pick instead is to know
 * @property {boolean} caches whether that keeps answers
 * @property {readonly { method: string, path: string }[]} routes
 * @property {string} prefix of their paths
 * @property {() => void} called counts the calls of the app
 */
