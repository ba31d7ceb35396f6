/** What the compiler knows. Nothing here runs: `npm run typecheck` is the test, and each `@ts-expect-error` its proof. */

import { type } from 'arktype'
import express from 'express'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { toExpress } from '../adapters/express.js'
import {
  type Context,
  createGateway,
  define,
  type HeadersOf,
  type ParamsOf,
  type Policy,
  type QueryOf,
  route,
} from '../src/index.js'

const plans = { free: {}, gold: {} }

describe('params', () => {
  it('are read from the pattern, in either syntax', () => {
    expectTypeOf<ParamsOf<'GET /pets/{petId}'>>().toEqualTypeOf<{ readonly petId: string }>()
    expectTypeOf<ParamsOf<'ANY /a/{b}/c/{path+}'>>().toEqualTypeOf<{
      readonly b: string
      readonly path: string
    }>()
    expectTypeOf<keyof ParamsOf<'GET /pets'>>().toEqualTypeOf<never>()
    expectTypeOf<ParamsOf<'GET /pets/:petId/toys/:toy'>['toy']>().toEqualTypeOf<string>()
    expectTypeOf<ParamsOf<'GET /files/*path'>['path']>().toEqualTypeOf<string>()
    expectTypeOf<ParamsOf<'GET /a/:b{/:c}'>>().toExtend<{ readonly b: string; readonly c?: string }>()
    expectTypeOf<ParamsOf<string>>().toEqualTypeOf<Readonly<Record<string, string>>>()
  })

  it('reach the handler', () => {
    route('GET /pets/{petId}', {}, ({ params }) => {
      expectTypeOf(params.petId).toEqualTypeOf<string>()
      // @ts-expect-error there is no such parameter
      return params.pet
    })
    expectTypeOf<Context<'GET /pets/{petId}'>['params']['petId']>().toEqualTypeOf<string>()
  })
})

describe('names', () => {
  it('of plans, models and authorizers compile where the definition has them', () => {
    const make = () =>
      createGateway({
        routes: [
          route('GET /a', { apiKey: { plans: ['free'] } }, ({ params }) => params),
          route('GET /b/{id}', { apiKey: { plans: ['gold', 'free'] }, authorize: 'staff', body: 'Pet' }),
          route('GET /c', { authorize: 'iam' }),
        ],
        plans,
        models: { Pet: { type: 'object' } },
        authorizers: { staff: () => 'rex' },
      })
    expectTypeOf(make).toBeFunction()
  })

  it('that the definition does not have are compile errors', () => {
    const misspelt = () => [
      // @ts-expect-error no plan is called 'fre'
      createGateway({ routes: [route('GET /a', { apiKey: { plans: ['fre'] } })], plans }),
      // @ts-expect-error no plans at all
      createGateway({ routes: [route('GET /a', { apiKey: { plans: ['free'] } })] }),
      // @ts-expect-error no model is called 'Pat'
      createGateway({ routes: [route('GET /a', { body: 'Pat' })], models: { Pet: {} } }),
      createGateway({
        // @ts-expect-error no authorizer is called 'staf'
        routes: [route('GET /a', { authorize: 'staf' })],
        authorizers: { staff: () => 'rex' },
      }),
      // @ts-expect-error a method is needed
      route('/a'),
      // @ts-expect-error misspelt field
      route('GET /a', { thottle: { rate: 1, burst: 1 } }),
    ]
    expectTypeOf(misspelt).toBeFunction()
  })

  it('of plans complete in the control plane, and take those that come at run time', () => {
    const make = async () => {
      const gateway = createGateway({ routes: [route('GET /a', { apiKey: true })], plans })
      expectTypeOf(gateway.control.createApiKey).parameter(0).toHaveProperty('plans')
      await gateway.control.createApiKey({ name: 'a', plans: ['free', 'made-later'] })
    }
    expectTypeOf(make).toBeFunction()
  })
})

describe('a body', () => {
  const Pet = z.object({ name: z.string(), age: z.coerce.number() })

  it('is typed by its schema value', () => {
    route('POST /pets', { body: Pet }, ({ body }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string; age: number }>()
    })
    route('POST /pets', { body: v.object({ name: v.string() }) }, ({ body }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string }>()
    })
    route('POST /pets', { body: type({ name: 'string' }) }, ({ body }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string }>()
    })
    route('POST /pets', { body: { models: { 'application/json': Pet } } }, ({ body }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string; age: number }>()
    })
  })

  it('is unknown by a name alone, and typed by a name of define()', () => {
    route('POST /pets', { body: 'Pet' }, ({ body }) => {
      expectTypeOf(body).toBeUnknown()
    })
    const shop = define({ models: { Pet, Toy: { type: 'object' } } })
    shop.route('POST /pets', { body: 'Pet' }, ({ body, params }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string; age: number }>()
      expectTypeOf(params).toExtend<Record<never, string>>()
    })
    shop.route('POST /toys', { body: 'Toy' }, ({ body }) => {
      expectTypeOf(body).toBeUnknown()
    })
    // @ts-expect-error no model is called 'Pat'
    shop.route('POST /pats', { body: 'Pat' })
  })

  it('of a context is what a schema value makes, or what is said', () => {
    expectTypeOf<Context<'POST /pets', typeof Pet>['body']>().toEqualTypeOf<{ name: string; age: number }>()
    expectTypeOf<Context<'POST /pets', { name: string }>['body']>().toEqualTypeOf<{ name: string }>()
    expectTypeOf<Context<'POST /pets'>['body']>().toBeUnknown()
    route('POST /pets', { body: Pet }, (context: Context<'POST /pets', typeof Pet>) => context.body.age)
    // @ts-expect-error the body is of another schema
    route('POST /pets', { body: z.string() }, (context: Context<'POST /pets', typeof Pet>) => context)
  })

  it('by schema value needs no model of the definition', () => {
    const make = () =>
      createGateway({
        routes: [
          route('POST /pets', { body: Pet }),
          route('POST /toys', { body: { models: { 'application/json': 'Toy', 'application/xml': Pet } } }),
        ],
        models: { Toy: { type: 'object' } },
      })
    expectTypeOf(make).toBeFunction()
    const misspelt = () =>
      createGateway({
        // @ts-expect-error no model is called 'Tay'
        routes: [route('POST /a', { body: { models: { 'application/json': 'Tay' } } })],
        models: { Toy: {} },
      })
    expectTypeOf(misspelt).toBeFunction()
  })
})

describe('query and headers', () => {
  const query = {
    limit: { schema: z.coerce.number(), required: true },
    sort: { schema: v.picklist(['name', 'age']) },
    page: { schema: { type: 'integer' }, required: true },
    kind: true,
    colour: { required: true },
    name: false,
  } as const

  it('are typed by what the route declares', () => {
    route('GET /pets', { parameters: { query, header: { 'X-Tenant': true } } }, ({ query, headers }) => {
      expectTypeOf(query.limit).toEqualTypeOf<number>()
      expectTypeOf(query.sort).toEqualTypeOf<'name' | 'age' | undefined>()
      expectTypeOf(query.page).toBeUnknown()
      expectTypeOf(headers['x-tenant']).toEqualTypeOf<string>()
      // @ts-expect-error names of headers are in lower case
      expectTypeOf(headers['X-Tenant']).toBeAny()
      // @ts-expect-error it is not declared
      expectTypeOf(query.tenant).toBeAny()
    })
  })

  it('are text without a schema: several ones where a query repeats the name', () => {
    expectTypeOf<QueryOf<typeof query>['kind']>().toEqualTypeOf<string | readonly string[]>()
    expectTypeOf<QueryOf<typeof query>['colour']>().toEqualTypeOf<string | readonly string[]>()
    expectTypeOf<QueryOf<typeof query>['name']>().toEqualTypeOf<string | readonly string[] | undefined>()
    expectTypeOf<HeadersOf<{ ETag: true; 'X-Id': false }>>().toExtend<{ etag: string; 'x-id'?: string }>()
  })

  it('are typed where define() knows the body', () => {
    const shop = define({ models: { Pet: z.object({ name: z.string() }) } })
    shop.route('PUT /pets', { body: 'Pet', parameters: { query } }, ({ body, query }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string }>()
      expectTypeOf(query.limit).toEqualTypeOf<number>()
    })
  })

  it('are unknown where nothing is declared, or a policy came from elsewhere', () => {
    const policy: Policy = { parameters: { query } }
    route('GET /pets', policy, ({ query, headers }) => {
      expectTypeOf(query.limit).toBeUnknown()
      expectTypeOf(headers.etag).toBeUnknown()
    })
    route('GET /pets', {}, ({ query }) => {
      expectTypeOf(query.limit).toBeUnknown()
    })
  })

  it('are declared in words that a parameter knows', () => {
    const misspelt = () => [
      // @ts-expect-error misspelt place
      route('GET /pets', { parameters: { query: { kind: true }, heder: { etag: true } } }),
      // @ts-expect-error misspelt field
      route('GET /pets', { parameters: { query: { kind: { required: true, shema: z.string() } } } }),
      // @ts-expect-error misspelt field, beside others
      route('GET /pets', { parameters: { header: { a: true, b: { schema: z.string(), requird: true } } } }),
    ]
    expectTypeOf(misspelt).toBeFunction()
  })

  it('of a context are what is said', () => {
    type Given = Context<'GET /pets', unknown, { limit: number }, { etag: string }>
    expectTypeOf<Given['query']>().toEqualTypeOf<{ limit: number }>()
    expectTypeOf<Given['headers']>().toEqualTypeOf<{ etag: string }>()
  })
})

describe('an authorizer', () => {
  it('stands in its route, or is named with scopes', () => {
    const make = () =>
      createGateway({
        routes: [
          route('GET /a', { authorize: { jwt: { issuer: 'https://issuer.example', audience: 'pets' } } }),
          route('GET /b', { authorize: ({ request }) => request.header('x-user') }),
          route('GET /c', { authorize: { authorizer: 'staff', scopes: ['pets:read'] } }),
          route('GET /d', { authorize: { iam: { once: true } } }),
        ],
        authorizers: { staff: { jwt: { issuer: 'https://issuer.example', audience: 'pets' } } },
        credentials: () => ({ secretAccessKey: 's', principal: 'arn:aws:iam::123456789012:user/a' }),
      })
    expectTypeOf(make).toBeFunction()
    const misspelt = () =>
      createGateway({
        // @ts-expect-error no authorizer is called 'staf'
        routes: [route('GET /c', { authorize: { authorizer: 'staf' } })],
        authorizers: { staff: () => 'a' },
      })
    expectTypeOf(misspelt).toBeFunction()
  })
})

describe('a gate on a single route', () => {
  it('checks names, and leaves the parameters to Express', () => {
    const make = () => {
      const authorizers = { staff: () => 'rex' }
      const gate = toExpress(createGateway({ routes: [], plans, models: { Pet: {} }, authorizers }))
      const app = express()
      app.post('/pets/:petId', gate.route({ body: 'Pet', authorize: 'staff' }), (req, res) => {
        expectTypeOf(req.params.petId).toEqualTypeOf<string>()
        res.end()
      })
      gate.route('GET /pets', {
        apiKey: { plans: ['gold'] },
        authorize: ({ request }) => request.header('x'),
      })
      // @ts-expect-error no model is called 'Pat'
      gate.route({ body: 'Pat' })
      // @ts-expect-error no authorizer is called 'staf'
      gate.route({ authorize: 'staf' })
      // @ts-expect-error no plan is called 'fre'
      gate.route('GET /pets', { apiKey: { plans: ['fre'] } })
    }
    expectTypeOf(make).toBeFunction()
  })
})
