/** What is wrong with a Lambda integration is found when the gateway is made. */
import { createGateway, DefinitionError, route } from 'postern'
import { awslambda, lambda } from 'postern/lambda'
import { describe, expect, it } from 'vitest'

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:pets'

/** Path, code, message and fix of each fault. */
function faultsOf(target: unknown, options: object = {}, stages: object = { prod: {} }): string[] {
  try {
    const integration = lambda(target as string, options)
    createGateway({ routes: [route('GET /pets/{id}', {}, integration)], stages: stages as never })
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.faults.map(
      ({ path, code, message, fix }) =>
        `${path.replace('routes[0].integration', '')} ${code}: ${message} | ${fix}`,
    )
  }
}

const FORMS =
  "Give a function (event, context), a module by its path, './pets.js#handler', or an ARN, 'arn:aws:lambda:…'."
const handler = async () => ({})
const MODULE = './test/integrate/lambda/modules/pets.mjs'

describe('the target of lambda()', () => {
  it.each<[unknown, object?]>([
    [handler],
    [MODULE],
    [`${MODULE}#named`],
    [{ module: MODULE, handler: 'named' }],
    [new URL('./modules/pets.mjs', import.meta.url).href],
    [ARN],
    [`${ARN}:live`],
    [`${ARN}:$LATEST`],
    [`${ARN}:7`],
    ['arn:aws-cn:lambda:cn-north-1:123456789012:function:pets'],
    [`${ARN}:\${stageVariables.alias}`, { prod: { variables: { alias: 'live' } } }],
    [`${ARN.replace('pets', '')}\${stageVariables.name}-pets`, { prod: { variables: { name: 'a' } } }],
  ])('may be %s', (target, stages) => {
    expect(faultsOf(target, {}, stages)).toEqual([])
  })

  it.each<[unknown, string]>([
    [undefined, '.target REQUIRED: the options of lambda() need `target` | Add `target`.'],
    [7, `.target WRONG_TYPE: 7 is no function | ${FORMS}`],
    ['pets', `.target VALUE_INVALID: 'pets' is neither a path nor an ARN | ${FORMS}`],
    ['pets.handler', `.target VALUE_INVALID: 'pets.handler' is neither a path nor an ARN | ${FORMS}`],
    [
      'https://pets.internal/',
      `.target VALUE_INVALID: 'https://pets.internal/' is neither a path nor an ARN | ${FORMS}`,
    ],
    [
      './nowhere.js#handler',
      '.target MODULE_UNKNOWN: there is no module \'./nowhere.js#handler\' | Paths are looked up from the working directory; write `import.meta.resolve("./pets.js")` for one beside your file.',
    ],
    [{ handler: 'a' }, '.target.module REQUIRED: a module needs `module` | Add `module`.'],
    [
      { module: MODULE, export: 'a' },
      '.target.export UNKNOWN_FIELD: `export` is no field of a module | It has module and handler.',
    ],
    [
      'arn:aws:lambda:eu-central-1:1:function:pets',
      ".target ARN_INVALID: 'arn:aws:lambda:eu-central-1:1:function:pets' is no ARN of a Lambda function | Write 'arn:aws:lambda:eu-central-1:123456789012:function:pets:live'.",
    ],
    [
      `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${ARN}/invocations`,
      `.target ARN_INVALID: 'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:…' is no ARN of a Lambda function | Write '${ARN}'.`,
    ],
    [
      `${ARN}:\${stageVariables.alias}`,
      ".target VARIABLE_UNKNOWN: stage variable 'alias' does not exist on stage 'prod' | Give it: stages: { prod: { variables: { alias: '…' } } }.",
    ],
  ])('cannot be %s', (target, fault) => {
    expect(faultsOf(target)).toEqual([fault])
  })

  it('has its variables on each stage', () => {
    const stages = { prod: { variables: { alias: 'live' } }, beta: {}, test: {} }
    expect(faultsOf(`${ARN}:\${stageVariables.alias}`, {}, stages)).toEqual([
      ".target VARIABLE_UNKNOWN: stage variable 'alias' does not exist on stage 'beta' and 'test' | Give it: stages: { beta: { variables: { alias: '…' } } }.",
    ])
  })
})

describe('the options of lambda()', () => {
  const streams = awslambda.streamifyResponse(async () => {})

  it.each<[string, unknown, object, string]>([
    [
      'a misspelt one',
      handler,
      { payloads: '2.0' },
      '.payloads UNKNOWN_FIELD: `payloads` is no field of the options of lambda() | Did you mean `payload`?',
    ],
    [
      'another format',
      handler,
      { payload: '3.0' },
      ".payload VALUE_INVALID: '3.0' is not one of '1.0', '2.0' | Did you mean `1.0`?",
    ],
    [
      'a mapping of a proxy',
      handler,
      { responses: [] },
      '.responses VALUE_INVALID: a Lambda proxy, of which nothing is mapped | Write `proxy: false`, too.',
    ],
    [
      'a mapping of a proxy’s request',
      handler,
      { request: {} },
      '.request VALUE_INVALID: a Lambda proxy, of which nothing is mapped | Write `proxy: false`, too.',
    ],
    [
      'the format of what is mapped',
      handler,
      { proxy: false, payload: '2.0' },
      '.payload VALUE_INVALID: the format of an event that `request` maps | Leave it out, or `proxy: false`.',
    ],
    [
      'a stream that nobody waits for',
      streams,
      { streaming: true, invocation: 'Event' },
      ".streaming VALUE_INVALID: an answer that nobody waits for | Leave it out, or `invocation: 'Event'`.",
    ],
    [
      'a stream that is mapped',
      streams,
      { streaming: true, proxy: false },
      '.streaming VALUE_INVALID: an answer that is mapped as a whole | Leave it out, or `proxy: false`.',
    ],
    [
      'a stream of what does not stream',
      handler,
      { streaming: true },
      ".target VALUE_INVALID: the function does not stream: make it by awslambda.streamifyResponse() | Wrap it: awslambda.streamifyResponse(async (event, stream) => …), `awslambda` of 'postern/lambda'.",
    ],
    [
      'none of what streams',
      streams,
      {},
      '.target VALUE_INVALID: the function streams: say `streaming: true` | Write `streaming: true`.',
    ],
    [
      'a region of a function',
      handler,
      { region: 'eu-central-1' },
      '.region VALUE_INVALID: `region` is for functions by their ARN | Leave it out.',
    ],
    [
      'retries of a function',
      handler,
      { retries: {} },
      '.retries VALUE_INVALID: `retries` is for functions by their ARN | Leave it out.',
    ],
    [
      'credentials of a module',
      MODULE,
      { credentials: async () => ({}) },
      '.credentials VALUE_INVALID: `credentials` is for functions by their ARN | Leave it out.',
    ],
    [
      'half of credentials',
      ARN,
      { credentials: { accessKeyId: 'AKIDEXAMPLE0000000000' } },
      '.credentials.secretAccessKey REQUIRED: credentials need `secretAccessKey` | Add `secretAccessKey`.',
    ],
    [
      'no region',
      ARN,
      { region: 'Frankfurt' },
      ".region VALUE_INVALID: 'Frankfurt' is not a region | Write one such as 'eu-central-1'.",
    ],
    [
      'no endpoint',
      ARN,
      { endpoint: 'localhost:4566' },
      ".endpoint URL_INVALID: 'localhost:4566' is no endpoint | Write scheme, host and port: 'http://localhost:4566'.",
    ],
    [
      'an endpoint with a path',
      ARN,
      { endpoint: 'http://localhost/lambda' },
      ".endpoint URL_INVALID: 'http://localhost/lambda' is no endpoint | Write scheme, host and port: 'http://localhost:4566'.",
    ],
    [
      'too short a time',
      handler,
      { timeout: '10ms' },
      ".timeout DURATION_INVALID: '10ms' is shorter than 50 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
    [
      'too long a time',
      handler,
      { timeout: '16m' },
      ".timeout DURATION_INVALID: '16m' is longer than 900000 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
    [
      'a broken template',
      handler,
      { proxy: false, request: { templates: { 'application/json': '#if(' } } },
      'TEMPLATE_INVALID',
    ],
  ])('cannot be %s', (_, target, options, fault) => {
    const found = faultsOf(target, options)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(fault)
  })

  it('have all of their faults told at once', () => {
    expect(faultsOf('pets', { payload: 1, proxy: 'no', region: 1 })).toHaveLength(5)
  })

  it('may say that nothing is tried again', () => {
    expect(faultsOf(handler, { retries: false, breaker: false, timeout: '15m' })).toEqual([])
  })
})
