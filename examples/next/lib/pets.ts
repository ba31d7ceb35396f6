/** The pets of the store. Next loads a module once for each of its bundles: what changes is kept beside them. */
import { answer } from 'postern'

export interface Pet {
  readonly id: string
  readonly name: string
  readonly soldBy?: string | undefined
}

const kept = globalThis as { pets?: Map<string, Pet> }
kept.pets ??= new Map([
  ['1', { id: '1', name: 'Rex' }],
  ['2', { id: '2', name: 'Tom' }],
])
const table = kept.pets

export const pets = {
  all: () => [...table.values()],
  find: (id: string) => table.get(id) ?? answer(404, { message: 'no such pet' }),
  add(body: unknown, soldBy: string | undefined) {
    const pet = { ...(body as Pet), id: String(table.size + 1), soldBy }
    table.set(pet.id, pet)
    return answer(201, pet)
  },
}
