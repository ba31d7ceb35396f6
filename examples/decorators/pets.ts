/** A pet store as a class: each method is a route, with what it demands above it. */
import { Api, answer, type Context, type QueryOf, Route } from 'postern'
import { z } from 'zod'

const NewPet = z.object({ name: z.string().min(1).max(40), kind: z.enum(['dog', 'cat']) })
const search = { kind: false, limit: { schema: z.coerce.number().int().min(1).max(100) } } as const

type Pet = z.infer<typeof NewPet> & { readonly id: string; readonly soldBy?: string | undefined }

@Api({ path: '/pets', cors: true })
export class Pets {
  readonly #pets = new Map<string, Pet>([
    ['1', { id: '1', name: 'Rex', kind: 'dog' }],
    ['2', { id: '2', name: 'Tom', kind: 'cat' }],
  ])

  @Route('GET /', { parameters: { query: search } })
  list({ query: { kind, limit } }: Context<'GET /', unknown, QueryOf<typeof search>>) {
    const all = [...this.#pets.values()].filter((pet) => kind === undefined || pet.kind === kind)
    return all.slice(0, limit)
  }

  @Route('GET /{petId}', { cache: { ttl: 10 } })
  find({ params }: Context<'GET /{petId}'>) {
    return this.#pets.get(params.petId) ?? answer(404, { message: 'no such pet' })
  }

  @Route('POST /', { apiKey: true, body: NewPet, errors: 'detailed' })
  create({ body, client }: Context<'POST /', typeof NewPet>) {
    const pet = { ...body, id: String(this.#pets.size + 1), soldBy: client?.name }
    this.#pets.set(pet.id, pet)
    return answer(201, pet)
  }
}
