/** What all kinds of integrations can rely on, by a kind that is only here. */
import { describe, expect, it } from 'vitest'
import { ReceivedAnswer, Refusal } from '../../src/exchange.js'
import { createGateway, route } from '../../src/index.js'
import { IntegrationDefinition, type IntegrationKind, type IntegrationSite } from '../../src/integration.js'
import { send } from '../../src/testing.js'

interface Options {
  word: string
}

const sites: IntegrationSite[] = []

const KIND: IntegrationKind<Options> = {
  type: 'echo',
  check(at, { params }) {
    if (at.at('word').value === 'wrong')
      at.at('word').fault('VALUE_INVALID', `a wrong word beside ${[...(params ?? [])]}`, 'Another one.')
  },
  compile({ word }, site) {
    sites.push(site)
    return async ({ request, params }) => {
      const pieces: string[] = []
      for await (const piece of request.stream(site.bodyLimit) ?? [])
        pieces.push(Buffer.from(piece).toString())
      return new ReceivedAnswer(
        200,
        ['x-id', params.id ?? ''],
        `${word} ${site.variables.who} ${pieces.join('')}`,
      )
    }
  },
}

const echo = (word: string) => new IntegrationDefinition(KIND, { word })

describe('an integration', () => {
  it('answers instead of the app, with what its stage has', async () => {
    const gateway = createGateway({
      routes: [route('POST /pets/{id}', {}, echo('hello'))],
      stages: { prod: { variables: { who: 'world' } } },
    })
    const sent = await send(gateway, 'POST /prod/pets/7', { body: '!' })
    expect([sent.status, sent.headers['x-id'], sent.text()]).toEqual([200, '7', 'hello world !'])
    expect(gateway.routes[0]).toMatchObject({ answeredBy: 'echo' })
  })

  it('is told of by its type, and its faults stand where it does', () => {
    const routes = [route('GET /pets/{id}', {}, echo('wrong'))]
    expect(() => createGateway({ routes })).toThrow(
      'routes[0].integration.word: a wrong word beside id (VALUE_INVALID)\n    Another one.',
    )
  })

  it('is what a function of the library has made', () => {
    const routes = [{ pattern: 'GET /pets', policy: {}, integration: { url: 'https://pets.internal' } }]
    expect(() => createGateway({ routes: routes as never })).toThrow(
      "routes[0].integration: an integration, not an object (WRONG_TYPE)\n    Make it by http('https://…'), lambda(…), aws(…) or mock(…): route(pattern, policy, http(…)).",
    )
  })

  it('stands alone', () => {
    const routes = [{ pattern: 'GET /pets', policy: {}, integration: echo('a'), handler: () => 1 }]
    expect(() => createGateway({ routes })).toThrow(
      'routes[0].integration: answered by a handler and by an integration (DUPLICATE)',
    )
  })

  it('keeps the options that it was deployed with', async () => {
    const integration = echo('before')
    const gateway = createGateway({ routes: [route('GET /', {}, integration)] })
    integration.options.word = 'after'
    expect((await send(gateway, 'GET /')).text()).toContain('before')
  })

  it('tells deployments apart by its options', async () => {
    const id = async (word: string) => {
      const gateway = createGateway({ routes: [route('GET /', {}, echo(word))] })
      return (await gateway.control.listDeployments())[0]?.id
    }
    expect(await id('a')).toBe(await id('a'))
    expect(await id('a')).not.toBe(await id('b'))
  })

  it('is compiled when the first request comes for its route, or at once where it starts early', async () => {
    sites.length = 0
    const early = new IntegrationDefinition(
      { ...KIND, startsEarly: ({ word }) => word === 'b' },
      { word: 'b' },
    )
    const gateway = createGateway({
      routes: [route('GET /a', {}, echo('a')), route('GET /b', {}, early), route('GET /c', {}, echo('c'))],
    })
    const compiled = () => sites.map(({ route: { path } }) => path)
    expect(compiled()).toEqual(['/b'])
    await send(gateway, 'GET /a')
    await Promise.all([send(gateway, 'GET /a'), send(gateway, 'GET /b')])
    expect(compiled()).toEqual(['/b', '/a'])
  })

  it('is compiled for the canary with its variables', async () => {
    sites.length = 0
    let drawn = 0
    const gateway = createGateway({
      routes: [route('GET /', {}, echo('a'))],
      stages: { prod: { variables: { who: 'all' }, canary: { percent: 5, variables: { who: 'few' } } } },
      random: () => drawn,
    })
    expect((await send(gateway, 'GET /prod')).text()).toBe('a few ')
    drawn = 0.5
    expect((await send(gateway, 'GET /prod')).text()).toBe('a all ')
    expect(sites.map(({ variables }) => variables.who)).toEqual(['few', 'all'])
  })

  it('hears of a caller who leaves', async () => {
    const leaving = new AbortController()
    const gone = deferred()
    const kind: IntegrationKind<Options> = {
      ...KIND,
      compile:
        () =>
        ({ request }) =>
          new Promise((resolve) => {
            request.whenGone(() => {
              gone.resolve('gone')
              resolve(new Refusal('INTEGRATION_FAILURE'))
            })
            leaving.abort(new Error('enough'))
          }),
    }
    const routes = [route('GET /', {}, new IntegrationDefinition(kind, { word: 'a' }))]
    await expect(send(createGateway({ routes }), 'GET /', { signal: leaving.signal })).rejects.toThrow(
      'enough',
    )
    expect(await gone.promise).toBe('gone')
  })

  it('lets go of what lasts, when the gateway closes', async () => {
    const closed: string[] = []
    const kind: IntegrationKind<Options> = {
      ...KIND,
      startsEarly: () => true,
      compile: ({ word }, { lasting }) => {
        lasting.get(word, () => ({ close: () => void closed.push(word) }))
        return () => new Refusal('INTEGRATION_FAILURE')
      },
    }
    const a = () => new IntegrationDefinition(kind, { word: 'a' })
    const gateway = createGateway({ routes: [route('GET /', {}, a()), route('POST /', {}, a())] })
    await gateway.close()
    expect(closed).toEqual(['a'])
  })
})

function deferred() {
  let resolve: (value: unknown) => void = () => {}
  const promise = new Promise((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

it('an integration or a handler in the place of a policy is told where it belongs', () => {
  expect(() => createGateway({ routes: [route('GET /', (() => 'hello') as never)] })).toThrow(
    'a function is not a policy (WRONG_TYPE)\n    Write a policy before it, an empty one for one: route(pattern, {}, handler).',
  )
  expect(() => createGateway({ routes: [route('GET /', echo('hello') as never)] })).toThrow(
    'an integration is not a policy (WRONG_TYPE)\n    Write a policy before it, an empty one for one: route(pattern, {}, integration).',
  )
})
