import { describe, expect, test } from 'vitest'
import { complete } from '../../src/control/complete.js'
import { DefinitionError } from '../../src/errors.js'
import { faultsOf } from './check-faults.js'

const PETS = { pattern: 'GET /pets', policy: {} }
const PET = { pattern: 'GET /pets/{petId}', policy: {} }
const KEYED = { pattern: 'POST /pets', policy: { apiKey: true } }

/** A definition with one sound route, and something more. */
const having = (more: object) => ({ routes: [PETS], ...more })
/** A definition whose only route has this policy. */
const asking = (policy: unknown, more: object = {}) => ({
  routes: [{ pattern: 'GET /pets', policy }],
  ...more,
})

type Row = readonly [about: string, definition: unknown, ...faults: string[]]
const finds = (rows: readonly Row[]) =>
  test.each(rows.map(([about, definition, ...faults]) => [about, definition, faults] as const))(
    '%s',
    (_, definition, faults) => {
      expect(faultsOf(definition)).toEqual(faults)
    },
  )

describe('a definition', () => {
  test('with nothing wrong has no faults', () => {
    expect(
      faultsOf({
        api: 'shop',
        version: '1.2.3',
        routes: [
          PETS,
          PET,
          KEYED,
          { pattern: 'ANY /files/{path+}', policy: { timeout: false }, handler: () => 'x' },
        ],
        plans: {
          free: {
            throttle: { rate: 0.5, burst: 0 },
            quota: { limit: 0, period: 'week', offset: 6 },
            stages: ['prod'],
          },
        },
        stages: {
          prod: { throttle: [{ rate: 1, burst: 1, per: () => 'x' }], canary: { percent: 0.5 } },
          $default: {},
        },
        domains: { 'api.acme.com': { v1: 'prod', '': '$default' }, localhost: 'prod' },
        defaultEndpoint: false,
        account: { throttle: false },
        cors: {
          origins: ['https://acme.com', 'http://localhost:3000', 'capacitor://localhost'],
          credentials: true,
          maxAge: '1h',
        },
        refusals: { DEFAULT_4XX: { status: 418, headers: { 'x-why': '$context.error.responseType' } } },
        pass: ['/health', '/assets/{file+}'],
        unmatched: 'pass',
        compat: 'aws',
        limits: { resources: 10, timeout: false },
        steps: [{ before: 'screen', step: () => undefined }],
        models: {},
        authorizers: {},
        clock: { now: () => 0 },
      }),
    ).toEqual([])
  })

  test('that is wrong in many places is told of all of them in one error', () => {
    const act = () => complete({ routes: [], api: 'a b', stages: { 'a/b': {} }, pass: ['x'] })
    expect(act).toThrow(DefinitionError)
    expect(act).toThrow(/has 3 faults:\n/)
  })

  finds([
    [
      'null',
      null,
      'WRONG_TYPE definition: null is not a definition | Write a definition as an object: { … }.',
    ],
    [
      'undefined',
      undefined,
      'WRONG_TYPE definition: undefined is not a definition | Write a definition as an object: { … }.',
    ],
    ['a number', 7, 'WRONG_TYPE definition: 7 is not a definition | Write a definition as an object: { … }.'],
    [
      'a list',
      [],
      'WRONG_TYPE definition: an empty list is not a definition | Write a definition as an object: { … }.',
    ],
    [
      'an instance of a class',
      new Map(),
      'WRONG_TYPE definition: an instance of Map is not a definition | Write a definition as an object: { … }.',
    ],
    ['without routes', {}, 'REQUIRED routes: a definition needs `routes` | Add `routes`.'],
    [
      'routes as an object',
      { routes: {} },
      'WRONG_TYPE routes: an object is not a list of routes | Write a list of routes as a list: [ … ].',
    ],
    [
      'paths that differ by case alone',
      { routes: [PETS, { pattern: 'POST /Pets', policy: {} }] },
      "PATTERN_DUPLICATE routes[1].pattern: '/Pets' differs from another route's path by case alone | Apps like Express cannot tell them apart: spell them alike.",
    ],
    [
      'a misspelt field',
      having({ unmatchd: 'pass' }),
      'UNKNOWN_FIELD unmatchd: `unmatchd` is no field of a definition | Did you mean `unmatched`?',
    ],
    [
      'a misspelt field of the runtime',
      having({ clok: 1 }),
      'UNKNOWN_FIELD clok: `clok` is no field of a definition | Did you mean `clock`?',
    ],
    [
      'an api with a slash',
      having({ api: 'a/b' }),
      "NAME_INVALID api: 'a/b' is not an API id | Write 1 to 128 letters, digits, '_' and '-'.",
    ],
    [
      'an empty version',
      having({ version: '' }),
      "NAME_INVALID version: '' is not a version | Write 1 to 128 characters.",
    ],
    [
      'a number as its version',
      having({ version: 2 }),
      'WRONG_TYPE version: 2 is not a version | Write a version as a string.',
    ],
    [
      'defaultEndpoint as a text',
      having({ defaultEndpoint: 'no' }),
      "WRONG_TYPE defaultEndpoint: 'no' is not a boolean | Write true or false.",
    ],
    [
      'no endpoint at all',
      having({ defaultEndpoint: false }),
      'NO_ENDPOINT defaultEndpoint: no host would be served: there is none in `domains` | Name a host in `domains`, or leave `defaultEndpoint` out.',
    ],
    [
      'a misspelt choice',
      having({ unmatched: 'pas' }),
      "VALUE_INVALID unmatched: 'pas' is not one of 'refuse', 'pass' | Did you mean `pass`?",
    ],
    [
      'another compat',
      having({ compat: 'kong' }),
      "VALUE_INVALID compat: 'kong' is not one of 'aws' | Write 'aws'.",
    ],
    [
      'no limit at all',
      having({ limits: { body: 0, headers: 1.5, timeout: 0 } }),
      'NUMBER_INVALID limits.body: 0 is not an integer of at least 1 | Write an integer of at least 1.',
      'NUMBER_INVALID limits.headers: 1.5 is not an integer of at least 1 | Write an integer of at least 1.',
      "DURATION_INVALID limits.timeout: 0 is shorter than 1 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
    ['models', having({ models: { Pet: {} } })],
    [
      'authorizers',
      having({ authorizers: { jwt: {} } }),
      "WRONG_TYPE authorizers.jwt: an object is no authorizer | Write 'iam', { jwt: { issuer, audience } }, { token: function }, { request: function }, { mtls: { trustStore } }, or a function.",
    ],
    [
      'a step at no place',
      having({ steps: [{ before: 'respond', step: 1 }] }),
      "VALUE_INVALID steps[0].before: 'respond' is not one of 'screen', 'authorize', 'identify', 'throttle', 'validate', 'integrate' | Write 'screen', 'authorize', 'identify', 'throttle', 'validate' or 'integrate'.",
      'WRONG_TYPE steps[0].step: 1 is not a function | Give a function, or leave it out.',
    ],
  ])
})

describe('routes', () => {
  finds([
    [
      'a route that is none',
      { routes: [null, 'GET /pets'] },
      'WRONG_TYPE routes[0]: null is not a route | Write a route as an object: { … }.',
      "WRONG_TYPE routes[1]: 'GET /pets' is not a route | Write a route as an object: { … }.",
    ],
    [
      'without a pattern',
      { routes: [{}] },
      'REQUIRED routes[0].pattern: a route needs `pattern` | Add `pattern`.',
    ],
    [
      'a number as a pattern',
      { routes: [{ pattern: 5 }] },
      'WRONG_TYPE routes[0].pattern: 5 is not a pattern | Write a pattern as a string.',
    ],
    [
      'a handler that is none',
      { routes: [{ ...PETS, handler: 'x' }] },
      "WRONG_TYPE routes[0].handler: 'x' is not a function | Give a function, or leave it out.",
    ],
    [
      'two that mean the same',
      { routes: [PET, PETS, { pattern: 'GET /pets/:id' }] },
      "PATTERN_DUPLICATE routes[2].pattern: 'GET /pets/:id' matches the same paths as routes[0], 'GET /pets/{petId}' | Keep one of them, or give them different methods.",
    ],
    [
      'more paths than there may be',
      { routes: [PETS, PET, KEYED], limits: { resources: 1 } },
      'API_KEY_WITHOUT_PLANS routes[2].policy.apiKey: asks for an API key, but there is no usage plan: every call would be refused | Define a plan in `plans`, or write `plans: {}` when they are created at run time.',
      'TOO_MANY routes: 2 distinct paths are more than the 1 of `limits.resources` | Raise `limits.resources`.',
    ],
    [
      'one that would be passed as well',
      having({ pass: ['/pets'] }),
      "PATTERN_DUPLICATE pass[0]: '/pets' would go ungated, and routes[0] guards it | Keep one of them.",
    ],
    ['passed where stages are told apart by name', having({ pass: ['/pets'], stages: { prod: {} } })],
  ])

  test('a pattern that cannot be read says why', () => {
    const [fault] = faultsOf({ routes: [{ pattern: 'GET /{a' }], pass: ['nowhere'] })
    expect(fault).toMatch(/^PATTERN_INVALID routes\[0\]\.pattern: .+ \| .+/)
    expect(faultsOf(having({ pass: ['nowhere'] }))[0]).toMatch(/^PATTERN_INVALID pass\[0\]: .+ \| .+/)
  })
})

describe('a policy', () => {
  const plans = { plans: { free: {} } }
  finds([
    [
      'that is no object',
      asking(true),
      'WRONG_TYPE routes[0].policy: true is not a policy | Write a policy as an object: { … }.',
    ],
    [
      'that is a Date',
      asking(new Date(0)),
      'WRONG_TYPE routes[0].policy: an instance of Date is not a policy | Write a policy as an object: { … }.',
    ],
    [
      'a misspelt field',
      asking({ thottle: {} }),
      'UNKNOWN_FIELD routes[0].policy.thottle: `thottle` is no field of a policy | Did you mean `throttle`?',
    ],
    [
      'a field like no other',
      asking({ zzz: 1 }),
      'UNKNOWN_FIELD routes[0].policy.zzz: `zzz` is no field of a policy | It has apiKey, throttle, cors, timeout, mode, authorize, body, parameters, errors, responses, cache and docs.',
    ],
    [
      'an unknown plan',
      asking({ apiKey: { plans: ['fre', 'x y'] } }, plans),
      "PLAN_UNKNOWN routes[0].policy.apiKey.plans[0]: plan 'fre' does not exist | Did you mean `free`?",
      "PLAN_UNKNOWN routes[0].policy.apiKey.plans[1]: plan 'x y' does not exist | There is free.",
    ],
    [
      'a plan where there is none',
      asking({ apiKey: { plans: ['free'] } }, { plans: {} }),
      "PLAN_UNKNOWN routes[0].policy.apiKey.plans[0]: plan 'free' does not exist | There is none: define it in `plans`.",
    ],
    [
      'the keys of no plan',
      asking({ apiKey: { plans: [] } }, plans),
      'VALUE_INVALID routes[0].policy.apiKey.plans: admits the keys of no plan: every call would be refused | Name a plan, or leave it out for all.',
    ],
    [
      'plans as a text',
      asking({ apiKey: { plans: 'free' } }, plans),
      "WRONG_TYPE routes[0].policy.apiKey.plans: 'free' is not a list of plan names | Write ['free'].",
    ],
    [
      'an API key where there are no plans',
      asking({ apiKey: true }),
      'API_KEY_WITHOUT_PLANS routes[0].policy.apiKey: asks for an API key, but there is no usage plan: every call would be refused | Define a plan in `plans`, or write `plans: {}` when they are created at run time.',
    ],
    ['an API key where plans come later', asking({ apiKey: true }, { plans: {} })],
    ['no API key after all', asking({ apiKey: false })],
    [
      'a throttle per API key where none is asked for',
      asking({
        throttle: [
          { rate: 1, burst: 1 },
          { rate: 1, burst: 1, per: 'apiKey' },
        ],
      }),
      "PER_WITHOUT_API_KEY routes[0].policy.throttle[1].per: counts by API key on a route that asks for none | Add `apiKey: true` to the route, or count by 'address'.",
    ],
    [
      'a timeout longer than timers wait',
      asking({ timeout: '25d' }),
      "DURATION_INVALID routes[0].policy.timeout: '25d' is longer than 2147483647 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
    [
      'no timeout at all',
      asking({ timeout: 0 }),
      "DURATION_INVALID routes[0].policy.timeout: 0 is shorter than 1 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
    [
      'a timeout that is none',
      asking({ timeout: 'soon' }),
      "DURATION_INVALID routes[0].policy.timeout: 'soon' is no duration | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
    [
      'a mode that is none',
      asking({ mode: 'watch' }),
      "VALUE_INVALID routes[0].policy.mode: 'watch' is not one of 'enforce', 'observe' | Write 'enforce' or 'observe'.",
    ],
    [
      'authorize',
      asking({ authorize: 'iam' }),
      'CREDENTIALS_MISSING routes[0].policy.authorize: callers are to sign, but nobody is known who could | Give `credentials`: a function from access key ids to { secretAccessKey, principal }.',
    ],
    [
      'an unknown authorizer',
      asking({ authorize: 'iim' }),
      "AUTHORIZER_UNKNOWN routes[0].policy.authorize: authorizer 'iim' does not exist | Did you mean `iam`?",
    ],
    [
      'an authorizer where there is none',
      asking({ authorize: 'staff' }),
      "AUTHORIZER_UNKNOWN routes[0].policy.authorize: authorizer 'staff' does not exist | There is iam: define others in `authorizers`.",
    ],
    [
      'an authorizer like no other',
      asking({ authorize: 'staff' }, { authorizers: { own: () => 'alice' } }),
      "AUTHORIZER_UNKNOWN routes[0].policy.authorize: authorizer 'staff' does not exist | There is own and iam.",
    ],
    [
      'a body',
      asking({ body: { type: 'object' } }),
      "WRONG_TYPE routes[0].policy.body: is a schema and not rules for a body | Put the schema into `models` and name it: `body: 'Pet'`.",
    ],
    [
      'an unknown model',
      asking({ body: 'Pte' }),
      "MODEL_UNKNOWN routes[0].policy.body: model 'Pte' does not exist | There is none: define it in `models`.",
    ],
    ['a cache', asking({ cache: { ttl: 60 } })],
    [
      'a parameter that the path does not have',
      having({
        routes: [{ ...PET, policy: { parameters: { path: { petid: true } } } }],
      }),
      "PARAMETER_UNKNOWN routes[0].policy.parameters.path.petid: 'GET /pets/{petId}' has no parameter 'petid' | Did you mean `petId`?",
    ],
  ])
})

describe('throttles and quotas', () => {
  const rate = (value: unknown) => asking({ throttle: { rate: value, burst: 1 } })
  const quota = (value: object) => having({ plans: { free: { quota: value } } })
  const AT_LEAST_0 = 'a number of at least 0 | Write a number of at least 0.'
  finds([
    ['a negative rate', rate(-1), `NUMBER_INVALID routes[0].policy.throttle.rate: -1 is not ${AT_LEAST_0}`],
    ['NaN', rate(Number.NaN), `NUMBER_INVALID routes[0].policy.throttle.rate: NaN is not ${AT_LEAST_0}`],
    [
      'Infinity',
      rate(Number.POSITIVE_INFINITY),
      `NUMBER_INVALID routes[0].policy.throttle.rate: Infinity is not ${AT_LEAST_0}`,
    ],
    [
      'a rate as a text',
      rate('5'),
      `NUMBER_INVALID routes[0].policy.throttle.rate: '5' is not ${AT_LEAST_0}`,
    ],
    [
      'a fractional burst',
      asking({ throttle: { rate: 1, burst: 1.5 } }),
      'NUMBER_INVALID routes[0].policy.throttle.burst: 1.5 is not an integer of at least 0 | Write an integer of at least 0.',
    ],
    [
      'half a throttle',
      asking({ throttle: { rate: 1 } }),
      'REQUIRED routes[0].policy.throttle.burst: a throttle needs `burst` | Add `burst`.',
    ],
    [
      'null',
      asking({ throttle: null }),
      'WRONG_TYPE routes[0].policy.throttle: null is not a throttle | Write a throttle as an object: { … }.',
    ],
    [
      'a count by nothing known',
      asking({ throttle: { rate: 1, burst: 1, per: 'adress' } }),
      "VALUE_INVALID routes[0].policy.throttle.per: 'adress' is not one of 'address', 'apiKey', 'principal' | Did you mean `address`?",
    ],
    [
      'an account throttle of true',
      having({ account: { throttle: true } }),
      'WRONG_TYPE account.throttle: true is not a throttle | Write a throttle as an object: { … }.',
    ],
    [
      'a negative limit',
      quota({ limit: -1, period: 'day' }),
      'NUMBER_INVALID plans.free.quota.limit: -1 is not an integer of at least 0 | Write an integer of at least 0.',
    ],
    [
      'a period that is none',
      quota({ limit: 1, period: 'hour' }),
      "VALUE_INVALID plans.free.quota.period: 'hour' is not one of 'day', 'week', 'month' | Write 'day', 'week' or 'month'.",
    ],
    [
      'an offset past the month',
      quota({ limit: 1, period: 'month', offset: 28 }),
      'NUMBER_INVALID plans.free.quota.offset: 28 is not an integer from 0 to 27 | Write an integer from 0 to 27.',
    ],
    [
      'an offset past the week',
      quota({ limit: 1, period: 'week', offset: 7 }),
      "NUMBER_INVALID plans.free.quota.offset: 7 is no offset of a week | A week's offset is 0 to 6.",
    ],
    [
      'an offset of a day',
      quota({ limit: 1, period: 'day', offset: 1 }),
      "NUMBER_INVALID plans.free.quota.offset: 1 is no offset of a day | A day's offset is 0.",
    ],
    [
      'no limit',
      quota({ period: 'day' }),
      'REQUIRED plans.free.quota.limit: a quota needs `limit` | Add `limit`.',
    ],
  ])
})

describe('plans', () => {
  const plan = (value: object, more: object = {}) => having({ plans: { free: value }, ...more })
  const method = { rate: 1, burst: 1 }
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`GET /p${index}`, method]))
  const routes = Object.keys(many).map((pattern) => ({ pattern }))
  const NAME = 'Write 1 to 128 printable ASCII characters without a comma, and no space at either end.'
  finds([
    [
      'as a list',
      having({ plans: [] }),
      'WRONG_TYPE plans: an empty list is not plans by name | Write plans by name as an object: { … }.',
    ],
    [
      'names that headers and CSV files cannot carry',
      having({ plans: { 'a,b': {}, '': {}, ' x': {} } }),
      `NAME_INVALID plans['a,b']: 'a,b' is no name for a plan | ${NAME}`,
      `NAME_INVALID plans['']: '' is no name for a plan | ${NAME}`,
      `NAME_INVALID plans[' x']: ' x' is no name for a plan | ${NAME}`,
    ],
    [
      'a stage that does not exist',
      plan({ stages: ['prd'] }, { stages: { prod: {} } }),
      "STAGE_UNKNOWN plans.free.stages[0]: stage 'prd' does not exist | Did you mean `prod`?",
    ],
    ['the stage that is there when none is named', plan({ stages: ['$default'] })],
    [
      'every spelling of a method',
      {
        routes: [PETS, PET, { pattern: 'GET /' }],
        plans: {
          a: { methods: { 'GET /pets': method, '/pets/{petId}/GET': method, '//GET': method } },
          b: { methods: { 'GET /pets/:petId': method, 'pets/GET': method, '~1/GET': method } },
        },
      },
    ],
    [
      'a method of no route',
      plan({ methods: { 'GET /pest': method } }),
      "ROUTE_UNKNOWN plans.free.methods['GET /pest']: no route is 'GET /pest' | Did you mean `GET /pets`?",
    ],
    [
      'a method like no route',
      plan({ methods: { '/xxxxxxxxx/POST': method } }),
      "ROUTE_UNKNOWN plans.free.methods['/xxxxxxxxx/POST']: no route is 'POST /xxxxxxxxx' | Name a route of `routes`.",
    ],
    [
      'one method twice',
      plan({ methods: { 'GET /pets': method, '/pets/GET': method } }),
      "DUPLICATE plans.free.methods['/pets/GET']: means the same as 'GET /pets' | Keep one of them.",
    ],
    [
      'every method at once',
      plan({ methods: { '*/*': method } }),
      "METHOD_INVALID plans.free.methods['*/*']: a plan cannot speak of every method at once | Name the methods one by one; the plan's own `throttle` holds for all of them together.",
    ],
    [
      'more methods than AWS allows',
      { routes, plans: { free: { methods: many } } },
      "TOO_MANY plans.free.methods: 21 methods in one plan are more than the 20 allowed | Use the plan's own `throttle` for the rest, as AWS does.",
    ],
    [
      'more plans than there may be',
      having({ plans: { a: {}, b: {} }, limits: { plans: 1 } }),
      'TOO_MANY plans: 2 plans are more than the 1 allowed | Raise `limits.plans`, or have fewer.',
    ],
  ])

  test('a key that names no method says how methods are written', () => {
    const [fault] = faultsOf(plan({ methods: { pets: method } }))
    expect(fault).toMatch(
      /^METHOD_INVALID plans\.free\.methods\.pets: names no method: .+ \| Write method and path, 'GET \/pets\/\{petId\}', or as AWS does, '\/pets\/\{petId\}\/GET'\.$/,
    )
  })
})

describe('stages', () => {
  const stage = (value: unknown, more: object = {}) => having({ stages: { prod: value }, ...more })
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`s${index}`, {}]))
  const variables = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`v${index}`, '']))
  finds([
    [
      'a name with a slash',
      having({ stages: { 'a/b': {} } }),
      "NAME_INVALID stages['a/b']: 'a/b' is no name for a stage | Write 1 to 128 letters, digits, '_' and '-', or '$default'.",
    ],
    [
      'more than there may be',
      having({ stages: eleven }),
      'TOO_MANY stages: 11 stages are more than the 10 allowed | Raise `limits.stages`, or have fewer.',
    ],
    ['as many as the definition allows', having({ stages: eleven, limits: { stages: 11 } })],
    ['null', stage(null), 'WRONG_TYPE stages.prod: null is not a stage | Write a stage as an object: { … }.'],
    [
      'a variable with a dash',
      stage({ variables: { 'a-b': '' } }),
      "NAME_INVALID stages.prod.variables['a-b']: 'a-b' is no name for a variable | Write 1 to 64 letters, digits and '_'.",
    ],
    [
      'a number as a variable',
      stage({ variables: { a: 1 } }),
      'WRONG_TYPE stages.prod.variables.a: 1 is not a variable | Write a variable as a string.',
    ],
    [
      'a long variable',
      stage({ variables: { a: 'x'.repeat(513) } }),
      'TOO_MANY stages.prod.variables.a: 513 characters are more than a variable holds | Write at most 512 characters.',
    ],
    [
      'too many variables',
      stage({ variables }),
      'TOO_MANY stages.prod.variables: 101 variables are more than the 100 allowed | Have fewer, as on AWS.',
    ],
    [
      'a canary beyond all',
      stage({ canary: { percent: 101 } }),
      'NUMBER_INVALID stages.prod.canary.percent: 101 is not a number from 0 to 100 | Write a number from 0 to 100.',
    ],
    [
      'a canary of no share',
      stage({ canary: {} }),
      'REQUIRED stages.prod.canary.percent: a canary needs `percent` | Add `percent`.',
    ],
    [
      'a canary of no deployment',
      stage({ canary: { percent: 1, deployment: '' } }),
      "NAME_INVALID stages.prod.canary.deployment: '' is not a deployment id | Write the id of a deployment.",
    ],
    ['settings of every method', stage({ methods: { '*': { throttle: { rate: 1, burst: 1 } } } })],
    [
      "AWS's settings of every method beside one of ours",
      stage({ methods: { '*/*': {}, '~1pets/GET': {}, '*': {} } }),
      "DUPLICATE stages.prod.methods['*']: means the same as '*/*' | Keep one of them.",
    ],
    [
      'settings of no route',
      stage({ methods: { '~1pest/GET': {} } }),
      "ROUTE_UNKNOWN stages.prod.methods['~1pest/GET']: no route is 'GET /pest' | Did you mean `GET /pets`?",
    ],
    [
      'a misspelt setting',
      stage({ methods: { 'GET /pets': { throtle: {} } } }),
      "UNKNOWN_FIELD stages.prod.methods['GET /pets'].throtle: `throtle` is no field of method settings | Did you mean `throttle`?",
    ],
    [
      'a count by API key where none is asked for',
      stage({ methods: { 'GET /pets': { throttle: { rate: 1, burst: 1, per: 'apiKey' } } } }),
      "PER_WITHOUT_API_KEY stages.prod.methods['GET /pets'].throttle.per: counts by API key on a route that asks for none | Add `apiKey: true` to the route, or count by 'address'.",
    ],
  ])
})

describe('domains', () => {
  const domains = (value: unknown) => having({ domains: value, stages: { prod: {} } })
  const HOST = "Write a host alone, without scheme, port or '*': 'api.acme.com'."
  const BASE =
    "Write segments of letters, digits and $-_.+!*~, such as 'v1' or 'shop/v1'; '' is the empty base path."
  finds([
    [
      'as a text',
      domains('api.acme.com'),
      "WRONG_TYPE domains: 'api.acme.com' is not domains by host | Write domains by host as an object: { … }.",
    ],
    [
      'no hosts',
      domains({
        'https://a.com': 'prod',
        'a.com:80': 'prod',
        '*.a.com': 'prod',
        'a..b': 'prod',
        '-a.com': 'prod',
      }),
      ...['https://a.com', 'a.com:80', '*.a.com', 'a..b', '-a.com'].map(
        (host) => `HOST_INVALID domains['${host}']: '${host}' is no host | ${HOST}`,
      ),
    ],
    [
      'one host twice',
      domains({ 'a.com': 'prod', 'A.com': 'prod' }),
      "DUPLICATE domains['A.com']: 'A.com' means the same as 'a.com' | Keep one of them.",
    ],
    [
      'an unknown stage',
      domains({ 'a.com': 'prd', 'b.com': { v1: 'x' } }),
      "STAGE_UNKNOWN domains['a.com']: stage 'prd' does not exist | Did you mean `prod`?",
      "STAGE_UNKNOWN domains['b.com'].v1: stage 'x' does not exist | There is prod.",
    ],
    [
      'base paths that are none',
      domains({ 'a.com': { 'a//b': 'prod', '..': 'prod', '(none)': 'prod' } }),
      ...['a//b', '..', '(none)'].map(
        (path) => `BASE_PATH_INVALID domains['a.com']['${path}']: '${path}' is no base path | ${BASE}`,
      ),
    ],
    [
      'one base path twice',
      domains({ 'a.com': { v1: 'prod', '/v1/': 'prod' } }),
      "DUPLICATE domains['a.com']['/v1/']: '/v1/' means the same as 'v1' | Keep one of them.",
    ],
    [
      'a list of stages',
      domains({ 'a.com': ['prod'] }),
      "WRONG_TYPE domains['a.com']: a list is not a stage, or stages by base path | Write a stage, or stages by base path as an object: { … }.",
    ],
  ])
})

describe('cross-origin rules', () => {
  const cors = (value: unknown) => having({ cors: value })
  finds([
    [
      'a text',
      cors('*'),
      "WRONG_TYPE cors: '*' is not a CORS policy | Write a CORS policy as an object: { … }.",
    ],
    [
      'an origin with a path',
      cors({ origins: ['https://acme.com/', 'https://ACME.com:443/shop'] }),
      "ORIGIN_INVALID cors.origins[0]: 'https://acme.com/' is not an origin | Write 'https://acme.com'.",
      "ORIGIN_INVALID cors.origins[1]: 'https://ACME.com:443/shop' is not an origin | Write 'https://acme.com'.",
    ],
    [
      'no origins',
      cors({ origins: ['acme.com', 'null', 'https://*.acme.com'] }),
      ...['acme.com', 'null', 'https://*.acme.com'].map(
        (origin, index) =>
          `ORIGIN_INVALID cors.origins[${index}]: '${origin}' is not an origin | Write scheme, host and port: 'https://acme.com'.`,
      ),
    ],
    [
      'a star in a list',
      cors({ origins: ['*'] }),
      "ORIGIN_INVALID cors.origins[0]: '*' is not an origin | Write `origins: '*'`.",
    ],
    [
      'one origin without a list',
      cors({ origins: 'https://acme.com' }),
      "VALUE_INVALID cors.origins: 'https://acme.com' is neither '*' nor a list | Write '*', or a list of origins: ['https://acme.com'].",
    ],
    [
      'credentials for all',
      cors({ credentials: true }),
      "CORS_CREDENTIALS cors.credentials: browsers refuse credentials where every origin is allowed | List the origins: `origins: ['https://app.acme.com']`.",
    ],
    [
      'on a route',
      asking({ cors: { methods: ['GET X'], headers: ['a b'], maxAge: -1 } }),
      "VALUE_INVALID routes[0].policy.cors.methods[0]: 'GET X' is not a method | Write a method: 'GET'.",
      "HEADER_INVALID routes[0].policy.cors.headers[0]: 'a b' is not a header name | Write a header name: 'x-request-id'.",
      "DURATION_INVALID routes[0].policy.cors.maxAge: -1 is shorter than 0 ms | Write milliseconds or a number with its unit, such as '250ms', '1s', '5m', '24h' or '7d'.",
    ],
  ])
})

describe('overrides of refusals', () => {
  const refusals = (value: object) => having({ refusals: value })
  finds([
    [
      'of an unknown type',
      refusals({ THROTLED: {} }),
      "REFUSAL_UNKNOWN refusals.THROTLED: 'THROTLED' is no type of refusal | Did you mean `THROTTLED`?",
    ],
    [
      'of the one that cannot be',
      refusals({ REQUEST_TOO_LARGE: { status: 400 } }),
      'REFUSAL_FIXED refusals.REQUEST_TOO_LARGE: AWS does not let this one be customized | Leave it out, or answer in `onRefusal`.',
    ],
    [
      'with a status that is no refusal',
      refusals({ THROTTLED: { status: 200 } }),
      'NUMBER_INVALID refusals.THROTTLED.status: 200 is not an integer from 400 to 599 | Write an integer from 400 to 599.',
    ],
    [
      'with headers that none can carry',
      refusals({ THROTTLED: { headers: { 'a b': 'x', c: 'x\r\ny', 'Content-Length': '5' } } }),
      "HEADER_INVALID refusals.THROTTLED.headers['a b']: 'a b' is not a header name | Write a header name: 'x-request-id'.",
      'HEADER_INVALID refusals.THROTTLED.headers.c: holds characters that no header can carry | Write printable characters on one line.',
      "HEADER_INVALID refusals.THROTTLED.headers['Content-Length']: 'Content-Length' is written by the server | Leave it out.",
    ],
    [
      'with a template of no type',
      refusals({ THROTTLED: { templates: { json: 5 } } }),
      "CONTENT_TYPE_INVALID refusals.THROTTLED.templates.json: 'json' is no content type | Write one such as 'application/json'.",
      'WRONG_TYPE refusals.THROTTLED.templates.json: 5 is not a template | Write a template as a string.',
    ],
  ])

  test('a type that is like no other is answered with all of them', () => {
    expect(faultsOf(refusals({ x: {} }))[0]).toMatch(
      /^REFUSAL_UNKNOWN refusals\.x: 'x' is no type of refusal \| The types are BAD_REQUEST_BODY, .*DEFAULT_5XX\.$/,
    )
  })

  test('a variable that is none is told in templates and in headers', () => {
    const faults = faultsOf(
      refusals({
        THROTTLED: { headers: { a: '$context.nope' }, templates: { 'text/plain': '$context.nope' } },
      }),
    )
    expect(faults).toEqual([
      expect.stringMatching(
        /^TEMPLATE_INVALID refusals\.THROTTLED\.headers\.a: \$context\.nope is no variable.* \| Name a variable that there is, or write the text itself\.$/,
      ),
      expect.stringMatching(
        /^TEMPLATE_INVALID refusals\.THROTTLED\.templates\['text\/plain'\]: \$context\.nope is no variable/,
      ),
    ])
  })
})
