import { describe, expect, it } from 'vitest'
import { http } from '../../src/http.js'
import {
  createGateway,
  type Definition,
  type GatewayDefinition,
  type RouteDefinition,
  route,
} from '../../src/index.js'
import { send, testClock } from '../../src/testing.js'

function make(definition: Partial<GatewayDefinition<never, never, never>> = {}) {
  return createGateway({ routes: [route('GET /pets/{petId}')], clock: testClock(), ...definition })
}

const status = async (gateway: ReturnType<typeof make>, request: string, host = 'localhost') =>
  (await send(gateway, request, { headers: { host } })).status

describe('stages', () => {
  it('are named by the first segment of the path, which the app does not see', async () => {
    const gateway = make({ stages: { prod: { variables: { color: 'blue' } }, beta: {} } })
    const { forwarded } = await send(gateway, 'GET /prod/pets/7?a=1&b=%20')
    expect(forwarded?.target).toBe('/pets/7?a=1&b=%20')
    expect(forwarded?.gateway).toMatchObject({
      stage: 'prod',
      variables: { color: 'blue' },
      params: { petId: '7' },
    })
    expect(await status(gateway, 'GET /beta/pets/7')).toBe(200)
    expect(await status(gateway, 'GET /pets/7')).toBe(404)
    expect(await status(gateway, 'GET /gamma/pets/7')).toBe(404)
    expect(await status(gateway, 'GET /PROD/pets/7')).toBe(404)
  })

  it('need no name where there is none: the one is $default', async () => {
    const gateway = make()
    const { forwarded } = await send(gateway, 'GET /pets/7')
    expect(forwarded?.gateway.stage).toBe('$default')
    expect(await status(gateway, 'GET /$default/pets/7')).toBe(404)
  })

  it('may have names that are parts of each other, and one without a name beside them', async () => {
    const gateway = make({ stages: { prod: {}, 'prod-2': {}, p: {}, $default: {} } })
    const stage = async (path: string) => (await send(gateway, `GET ${path}`)).forwarded?.gateway.stage
    for (const name of ['prod', 'prod-2', 'p', 'prod']) expect(await stage(`/${name}/pets/7`)).toBe(name)
    expect(await stage('/pets/7')).toBe('$default')
    expect(await stage('/prod-3/pets/7')).toBeUndefined()
    expect(await stage('/')).toBeUndefined()
    expect(await stage('/prod')).toBeUndefined()
  })

  it('of a domain go by the longest base path, whole segments only', async () => {
    const gateway = make({
      stages: { one: {}, two: {}, rest: {} },
      domains: { 'API.acme.com': { v1: 'one', 'v1/next': 'two', '': 'rest' }, 'beta.acme.com': 'two' },
    })
    const reached = async (host: string, path: string) => {
      const { forwarded } = await send(gateway, `GET ${path}`, { headers: { host } })
      return [forwarded?.gateway.stage, forwarded?.target]
    }
    expect(await reached('api.acme.com', '/v1/pets/7')).toEqual(['one', '/pets/7'])
    expect(await reached('api.acme.com:8443', '/v1/next/pets/7')).toEqual(['two', '/pets/7'])
    expect(await reached('api.acme.com', '/pets/7')).toEqual(['rest', '/pets/7'])
    expect(await reached('api.acme.com', '/v1x/pets/7')).toEqual([undefined, undefined])
    expect(await reached('beta.acme.com', '/pets/7')).toEqual(['two', '/pets/7'])
    expect(await reached('elsewhere.com', '/one/pets/7')).toEqual(['one', '/pets/7'])
  })

  it('are served on no other host once the default endpoint is off', async () => {
    const gateway = make({ stages: { one: {} }, domains: { 'api.acme.com': 'one' }, defaultEndpoint: false })
    expect(await status(gateway, 'GET /pets/7', 'api.acme.com')).toBe(200)
    expect(await status(gateway, 'GET /one/pets/7', 'elsewhere.com')).toBe(403)
  })

  it('send a share of their requests to a canary, with its own variables', async () => {
    const draws = [0.05, 0.95, 0.0999, 0.1]
    const gateway = make({
      stages: { prod: { variables: { v: '1', w: '1' }, canary: { percent: 10, variables: { v: '2' } } } },
      random: () => draws.shift() ?? 0,
    })
    const seen: unknown[] = []
    for (let n = 0; n < 4; n++) {
      const { forwarded } = await send(gateway, 'GET /prod/pets/7')
      seen.push([forwarded?.gateway.canary, forwarded?.gateway.variables.v, forwarded?.gateway.variables.w])
    }
    expect(seen).toEqual([
      [true, '2', '1'],
      [false, '1', '1'],
      [true, '2', '1'],
      [false, '1', '1'],
    ])
  })
})

describe('deployments', () => {
  const next = { routes: [route('GET /cats')], version: '2' }

  it('have an id that is the same for the same definition, a description and a date', async () => {
    const gateway = make({ stages: { prod: {} } })
    const first = await gateway.control.deploy(next, { description: 'cats', stages: [] })
    const again = await gateway.control.deploy({ ...next }, { stages: [] })
    expect(first).toEqual({
      id: again.id,
      description: 'cats',
      createdAt: '2026-01-01T00:00:00.000Z',
      version: '2',
    })
    expect(first.id).toMatch(/^[a-z0-9]{10}$/)
    const other = await gateway.control.deploy({ ...next, version: '3' }, { stages: [] })
    expect(other.id).not.toBe(first.id)
    expect(await gateway.control.listDeployments()).toHaveLength(3)
  })

  it('are pointed at by a stage, and rolled back, each in one step', async () => {
    const gateway = make({ stages: { prod: {}, beta: {} } })
    const { id } = await gateway.control.deploy(next, { stages: ['beta'] })
    expect([await status(gateway, 'GET /beta/cats'), await status(gateway, 'GET /prod/cats')]).toEqual([
      200, 404,
    ])
    await gateway.control.updateStage('prod', { deployment: id })
    expect([await status(gateway, 'GET /prod/cats'), await status(gateway, 'GET /prod/pets/7')]).toEqual([
      200, 404,
    ])
    const back = await gateway.control.rollbackStage('prod')
    expect(back.deployment).not.toBe(id)
    expect(await status(gateway, 'GET /prod/pets/7')).toBe(200)
    await expect(gateway.control.rollbackStage('prod')).rejects.toThrow(
      "stage 'prod' has pointed at nothing else before",
    )
  })

  it('never touch a stage that nobody named', async () => {
    const gateway = make({ stages: { prod: {}, beta: {} } })
    await expect(gateway.control.deploy(next)).rejects.toThrow(
      "there are the stages prod, beta: say which are to be pointed at the deployment, deploy(definition, { stages: ['prod'] })",
    )
    await expect(gateway.control.deploy(next, { stage: 'beta' } as never)).rejects.toThrow(
      'the call of deploy() has one fault:\n  stage: `stage` is no field of the options of deploy() (UNKNOWN_FIELD)\n    Did you mean `stages`?',
    )
    await expect(gateway.control.deploy(next, { stages: 'beta' } as never)).rejects.toThrow(
      "the call of deploy() has one fault:\n  stages: 'beta' is not a list of stages (WRONG_TYPE)\n    Write ['beta'].",
    )
    await expect(gateway.control.deploy(next, 'beta' as never)).rejects.toThrow(
      "options: 'beta' is not the options of deploy() (WRONG_TYPE)",
    )
    await expect(gateway.control.promoteCanary('prod')).rejects.toThrow("stage 'prod' has no canary")
    expect(await status(gateway, 'GET /prod/pets/7')).toBe(200)
  })

  it('can be tried by a canary before they are promoted', async () => {
    let draw = 0.99
    const gateway = make({ stages: { prod: { variables: { v: '1' } } }, random: () => draw })
    const { id } = await gateway.control.deploy(next, { stages: [] })
    await gateway.control.updateStage('prod', {
      canary: { percent: 50, deployment: id, variables: { v: '2' } },
    })
    expect(await status(gateway, 'GET /prod/cats')).toBe(404)
    draw = 0.2
    expect(await status(gateway, 'GET /prod/cats')).toBe(200)
    draw = 0.99
    const promoted = await gateway.control.promoteCanary('prod')
    expect(promoted).toMatchObject({ deployment: id, variables: { v: '2' }, canary: undefined })
    expect(await status(gateway, 'GET /prod/cats')).toBe(200)
  })

  it('do not change with the object that they were made of', async () => {
    const routes: RouteDefinition<string, never, never, never>[] = [route('GET /a')]
    const variables = { v: '1' }
    const definition: Definition<never, never, never> = { routes, stages: { prod: { variables } } }
    const gateway = createGateway(definition)
    routes.push(route('GET /b'))
    variables.v = '2'
    expect((await send(gateway, 'GET /prod/b')).status).toBe(404)
    expect((await send(gateway, 'GET /prod/a')).forwarded?.gateway.variables.v).toBe('1')
  })

  it('that a stage needs cannot be deleted', async () => {
    const gateway = make({ stages: { prod: {} } })
    const { id } = await gateway.control.deploy(next)
    await expect(gateway.control.deleteDeployment(id)).rejects.toThrow(
      `stage 'prod' points at deployment '${id}': point it elsewhere first`,
    )
    await gateway.control.rollbackStage('prod')
    await gateway.control.deleteDeployment(id)
    await expect(gateway.control.updateStage('prod', { deployment: id })).rejects.toThrow(
      `this process holds no deployment '${id}'; it holds: `,
    )
  })

  it('cannot change what belongs to the gateway', async () => {
    const gateway = make({ pass: ['/health'] })
    await gateway.control.deploy({ ...next, pass: ['/health'] })
    await expect(gateway.control.deploy({ ...next, pass: ['/other'] })).rejects.toThrow(
      'belongs to the gateway, not to a deployment, and differs from what createGateway was given',
    )
  })

  it('under load: no request is lost, and none sees half of one', async () => {
    const version = (v: string): Definition<never, never, never> => ({
      routes: [route(`GET /only-in-${v}`), route('GET /v')],
      stages: { prod: { variables: { v } } },
      version: v,
    })
    const gateway = createGateway(version('1'))
    const ids: Record<string, string> = {}
    const seen = new Set<string>()
    for (let round = 0; round < 50; round++) {
      const v = String((round % 2) + 1)
      const calls = Array.from({ length: 20 }, async () => {
        const { status: code, forwarded } = await send(gateway, 'GET /prod/v')
        expect(code).toBe(200)
        const record = forwarded?.gateway.variables.v ?? ''
        seen.add(record)
        expect((await send(gateway, `GET /prod/only-in-${record}`)).status).toBeOneOf([200, 404])
      })
      ids[v] = (await gateway.control.deploy(version(v))).id
      await Promise.all(calls)
    }
    expect([...seen].sort()).toEqual(['1', '2'])
    expect(ids['1']).not.toBe(ids['2'])
  })
})

describe('a stage', () => {
  it('that is not there is an error that lists those that are', async () => {
    const gateway = make({ stages: { prod: {}, beta: {} } })
    await expect(gateway.control.updateStage('gamma', {})).rejects.toThrow(
      "there is no stage 'gamma'; there is: prod, beta",
    )
  })

  it('takes new settings, by the rules of a definition', async () => {
    const gateway = make({ stages: { prod: {} } })
    await gateway.control.updateStage('prod', { throttle: { rate: 0, burst: 1 }, variables: { a: 'b' } })
    expect([await status(gateway, 'GET /prod/pets/7'), await status(gateway, 'GET /prod/pets/7')]).toEqual([
      200, 429,
    ])
    await expect(gateway.control.updateStage('prod', { throttle: { rate: -1, burst: 1 } })).rejects.toThrow(
      'stages.prod.throttle.rate',
    )
    expect((await gateway.control.getStage('prod')).variables).toEqual({ a: 'b' })
    await gateway.control.deleteStage('prod')
    expect(await status(gateway, 'GET /prod/pets/7')).toBe(404)
  })
})

describe('a deployment that counts on stage variables', () => {
  const url = (name: string) => http(`http://127.0.0.1:\${stageVariables.${name}}/v2`)
  const make = () =>
    createGateway({
      routes: [route('GET /x', {}, () => 'old')],
      stages: { prod: { variables: { port: '8080' } }, beta: {} },
    })

  it('has those that the stages have which it is for', async () => {
    const gateway = make()
    await gateway.control.updateStage('beta', { variables: { other: '1' } })
    const next = (name: string) => ({ routes: [route('GET /x', {}, url(name))] })
    await gateway.control.deploy(next('port'), { stages: ['prod'] })
    await gateway.control.deploy(next('other'), { stages: ['beta'] })
    await gateway.control.deploy(next('port'), { stages: [] })
    await expect(gateway.control.deploy(next('other'), { stages: ['prod'] })).rejects.toThrow(
      "no stage has a variable 'other'",
    )
  })

  it('has those of its own definition for the stages that stand there', async () => {
    const gateway = make()
    const next = {
      routes: [route('GET /x', {}, url('port'))],
      stages: { beta: { variables: { port: '1' } } },
    }
    await gateway.control.deploy(next)
    await expect(gateway.control.deploy({ ...next, stages: { beta: {} } })).rejects.toThrow(
      "no stage has a variable 'port'",
    )
  })
})
