/** What the compiler knows. Nothing here runs: `npm run typecheck` is the test, and each `@ts-expect-error` its proof. */
import { describe, expectTypeOf, it } from 'vitest'
import { type Context, createGateway, type ParamsOf, route } from '../src/index.js'

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
        authorizers: { staff: {} },
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
      // @ts-expect-error no authorizer is called 'staf'
      createGateway({ routes: [route('GET /a', { authorize: 'staf' })], authorizers: { staff: {} } }),
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
