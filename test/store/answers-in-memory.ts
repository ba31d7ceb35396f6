import type { Answers, StoredAnswer } from '../../src/store/contract.js'

interface Held {
  /** As a store elsewhere would have it. */
  readonly json: string
  readonly labels: readonly string[]
}

/** Answers kept in this process, as text: what a shared store does, in its simplest form. */
export function answersInMemory(): Answers & { readonly held: Map<string, Held> } {
  const held = new Map<string, Held>()
  const name = (space: string, key: string) => JSON.stringify([space, key])
  return {
    held,
    get: (space, key) => {
      const found = held.get(name(space, key))
      if (found === undefined) return undefined
      const { body, ...rest } = JSON.parse(found.json)
      return { ...rest, body: Buffer.from(body, 'base64') } satisfies StoredAnswer
    },
    set: (space, key, { body, ...rest }, _ttl, labels) => {
      const json = JSON.stringify({ ...rest, body: Buffer.from(body).toString('base64') })
      held.set(name(space, key), { json, labels })
    },
    delete: (space, key) => {
      held.delete(name(space, key))
    },
    flush: (space, labels) => {
      for (const [key, each] of held) {
        const [of] = JSON.parse(key)
        if (of === space && labels.every((label) => each.labels.includes(label))) held.delete(key)
      }
    },
  }
}

/** The same, as if it were far away. */
export function asyncAnswers(answers: Answers): Answers {
  return {
    get: async (...args) => answers.get(...args),
    set: async (...args) => answers.set(...args),
    delete: async (...args) => answers.delete(...args),
    flush: async (...args) => answers.flush(...args),
  }
}
