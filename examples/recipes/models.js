/**
 * Models: bodies that are what you expect.
 *
 * JSON Schema (draft-04 as on AWS; 07 and 2020-12 by `$schema`), or a schema value of zod, valibot or arktype, from which
 * the handler's `body` is typed.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'
import { z } from 'zod'

const Order = z.object({ pet: z.string(), count: z.number().int().positive() })
const gateway = createGateway({
  models: {
    Pet: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', maxLength: 40 }, toys: { type: 'array', items: { $ref: '#/definitions/Toy' } } },
      definitions: { Toy: { type: 'string', pattern: '^[a-z]+$' } },
    },
  },
  routes: [
    route('POST /pets', { body: 'Pet' }), // a misspelt model does not compile
    route('PUT /pets', { body: 'Pet', errors: 'detailed' }),
    route('POST /orders', { body: Order }, ({ body }) => ({ total: body.count * 2 })), // body: { pet: string, count: number }
  ],
})
console.log((await send(gateway, 'POST /pets', { json: { name: 'Rex' } })).status) // => 200
console.log((await send(gateway, 'POST /pets', { json: {} })).json()) // => { message: 'Invalid request body' }
const { errors } = (await send(gateway, 'PUT /pets', { json: { name: 'Rex', toys: ['ball', '7'] } })).json()
console.log(errors.map(({ pointer, keyword }) => `${pointer} ${keyword}`)) // => ['/toys/1 pattern']
console.log((await send(gateway, 'POST /orders', { json: { pet: 'Rex', count: 21 } })).json()) // => { total: 42 }
