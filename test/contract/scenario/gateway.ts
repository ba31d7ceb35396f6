/** The gateway that every adapter is held against. Nothing of a test's framework here: other processes import it. */
import {
  Answer,
  type AuthorizerResult,
  before,
  type Credential,
  createGateway,
  digestApiKey,
  type Gateway,
  type GatewayDefinition,
  type KeyRecord,
  type PolicyDocument,
  type RequestAuthorizer,
  refuse,
  route,
  type Store,
  type TokenAuthorizer,
} from 'postern'
import { testClock } from 'postern/testing'
import { ENDPOINTS } from './endpoints.js'
import { AUTHORITY, ISSUER } from './proofs.js'
import { State } from './state.js'

/**
 * `mounted`: the gateway stands in front of the app, which has the stages prod and beta. `open`: the same, and every
 * path that has no policy is open to all. `routes`: each route of the app carries its own policy, without any stages.
 */
export type Kind = 'mounted' | 'open' | 'routes'

export const BODY_LIMIT = 6 * 1_048_576

export const KEYS = {
  plain: 'a-key-without-limits',
  slow: 'a-key-of-a-slow-plan',
  metered: 'a-key-of-a-metered-plan',
  disabled: 'a-key-that-is-switched-off',
  expired: 'a-key-that-has-expired',
  planless: 'a-key-without-a-plan',
  broken: 'a-key-whose-table-is-away',
} as const

const OWNERS: Readonly<Record<Exclude<keyof typeof KEYS, 'broken'>, KeyRecord>> = {
  plain: { id: 'k-plain', name: 'acme', plans: ['endless'] },
  slow: { id: 'k-slow', name: 'slow', plans: ['slow'] },
  metered: { id: 'k-metered', name: 'metered', plans: ['metered'] },
  disabled: { id: 'k-disabled', enabled: false, plans: ['endless'] },
  expired: { id: 'k-expired', expiresAt: Date.parse('2025-01-01'), plans: ['endless'] },
  planless: { id: 'k-planless', plans: [] },
}

function findKey(digest: string): KeyRecord | undefined {
  if (digest === digestApiKey(KEYS.broken)) throw new Error('the table of keys is away')
  const name = (Object.keys(OWNERS) as (keyof typeof OWNERS)[]).find(
    (each) => digestApiKey(KEYS[each]) === digest,
  )
  return name && OWNERS[name]
}

export const SIGNERS = {
  alice: { accessKeyId: 'AKIDALICE', secretAccessKey: 'the-secret-of-alice' },
  bob: { accessKeyId: 'AKIDBOB', secretAccessKey: 'the-secret-of-bob' },
  carol: {
    accessKeyId: 'AKIDCAROL',
    secretAccessKey: 'the-secret-of-carol',
    sessionToken: 'the-session-of-carol',
  },
} as const

const ALL = { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } } as const

const CREDENTIALS: ReadonlyMap<string, Credential> = new Map([
  [
    SIGNERS.alice.accessKeyId,
    { ...SIGNERS.alice, principal: 'arn:aws:iam::000000000000:user/alice', policies: [ALL] },
  ],
  [SIGNERS.bob.accessKeyId, { ...SIGNERS.bob, principal: 'arn:aws:iam::000000000000:user/bob' }],
  [
    SIGNERS.carol.accessKeyId,
    {
      ...SIGNERS.carol,
      principal: 'arn:aws:iam::000000000000:user/carol',
      policies: [ALL],
      expiresAt: Date.parse('2025-01-01'),
    },
  ],
])

const INVOKE = 'execute-api:Invoke'

/** The API is everybody's but for an address and a program; of those who sign, their own policies say. */
const RESOURCE_POLICY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: INVOKE, NotResource: 'execute-api:/*/*/signed' },
    {
      ...{ Sid: 'Address', Effect: 'Deny', Principal: '*', Action: INVOKE, Resource: '*' },
      Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    },
    {
      ...{ Sid: 'Program', Effect: 'Deny', Principal: '*', Action: INVOKE, Resource: '*' },
      Condition: { StringLike: { 'aws:UserAgent': 'scraper/*' } },
    },
  ],
}

/** Of a Lambda authorizer, to `allow ada`, `deny ada`, `unknown ada`, or `refresh ada`, who may refresh caches, too. */
function answerTo(said: string, context: AuthorizerResult['context']): AuthorizerResult {
  const [word, principalId = ''] = said.split(' ')
  if (word === 'unknown') throw new Error('Unauthorized')
  const Action = word === 'refresh' ? [INVOKE, 'execute-api:InvalidateCache'] : INVOKE
  const Effect = word === 'deny' ? 'Deny' : 'Allow'
  return { principalId, policyDocument: { Statement: { Effect, Action, Resource: '*' } }, context }
}

const token: TokenAuthorizer = {
  header: 'x-token',
  token: ({ type, authorizationToken }) => answerTo(authorizationToken, { type }),
}

/** Tells the app all that it was told. */
const request: RequestAuthorizer = {
  identitySources: ['method.request.header.X-Token', 'method.request.querystring.kind'],
  ttl: 0,
  request: ({ type, methodArn, resource, path, requestContext, ...event }) =>
    answerTo(event.headers?.['x-token'] ?? '', {
      ...{ type, methodArn, resource, path, httpMethod: event.httpMethod },
      ...{ id: event.pathParameters?.id, kind: event.queryStringParameters?.kind },
      sourceIp: (requestContext.identity as { sourceIp: string }).sourceIp,
    }),
}

/** All but the routes. */
const SHARED: Partial<GatewayDefinition> = {
  api: 'contract',
  account: { throttle: false },
  limits: { body: BODY_LIMIT, queryParameters: 100 },
  models: {
    Pet: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
    },
  },
  plans: {
    endless: {},
    gold: {},
    slow: { throttle: { rate: 1, burst: 2 } },
    metered: { quota: { limit: 2, period: 'day' } },
  },
  authorizers: {
    user: ({ request }) => {
      const user = request.header('x-user')
      if (user === 'mallory') return refuse('ACCESS_DENIED', 'mallory again')
      return user === undefined ? undefined : { principal: user, context: { level: 3 } }
    },
    away: () => {
      throw new Error('the directory is away')
    },
    staff: { jwt: ISSUER },
    token,
    request,
    certified: { mtls: { trustStore: AUTHORITY.pem, header: 'client-cert' } },
  },
  resourcePolicy: RESOURCE_POLICY,
  refusals: {
    WAF_FILTERED: {
      status: 418,
      headers: { 'x-why': '$context.error.responseType' },
      templates: { 'application/json': '{"blocked":"$context.path","method":"$context.httpMethod"}' },
    },
  },
  steps: [
    before('screen', ({ request }) => {
      if (request.header('x-crash') !== undefined) throw new Error('a step that crashes')
      return request.header('x-evil') === undefined ? undefined : refuse('WAF_FILTERED', 'evil')
    }),
  ],
  keys: { find: findKey },
  credentials: (accessKeyId) => CREDENTIALS.get(accessKeyId),
  // Who comes from another address of this machine has come by itself.
  trustProxy: ['127.0.0.1'],
  pass: ['/contract/{what}'],
}

/** What the gateway answers by itself. */
const MADE = route(
  'GET /made',
  {},
  ({ stage }) => new Answer(201, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'], `made in ${stage}`),
)

export interface Shared {
  readonly state?: State | undefined
  readonly store?: Store
}

export interface Scenario {
  readonly kind: Kind
  readonly gateway: Gateway
  readonly state: State
}

/** @param shared in a process that loads this module more than once, what is one thing for all of them */
export function scenario(
  kind: Kind,
  { state = new State(testClock('2026-01-01T00:00:00Z')), store }: Shared = {},
): Scenario {
  const gateway = createGateway<string, string, string>({
    ...SHARED,
    ...(store && { store }),
    clock: state.clock,
    onRecord: (record) => state.records.push(record),
    onError: (error) => state.errors.push(error),
    ...(kind === 'routes'
      ? { routes: [] }
      : {
          routes: [
            ...ENDPOINTS.map(({ pattern, policy }) => ({ pattern, policy })),
            MADE,
            ...(kind === 'open' ? [route('ANY /'), route('ANY /{proxy+}')] : []),
          ],
          stages: { prod: { variables: { db: 'main' } }, beta: { variables: { db: 'replica' } } },
        }),
  })
  return { kind, gateway, state }
}
