/** Requests, and what becomes of them: in every framework the same answer, and the same record. */
import { REFUSALS, type RefusalType } from 'postern'
import type { Ask, Caller, Told } from '../caller.js'
import type { Capability } from '../host.js'
import { BODY_LIMIT, KEYS, type Kind } from '../scenario/gateway.js'
import { signed } from './signing.js'

export interface Row {
  readonly title: string
  /** Method and path of the app. */
  readonly line: string
  /** Whether the path is a target as it is sent, without a stage put before it. */
  readonly bare?: boolean
  readonly ask?: Ask | ((caller: Caller) => Promise<Ask>)
  /** Where only a gateway before the app can see it. */
  readonly mounted?: boolean
  readonly needs?: Capability
  readonly status: number
  /** All of the body; `told`, a part of it, where the app tells what it was given. `{stage}` stands for the stage. */
  readonly body?: string | RegExp | object
  readonly told?: object
  readonly headers?: Readonly<Record<string, string>>
  /** How far it came: `unread`, before its path was; `unplaced`, before its stage was found. Default: to its stage. */
  readonly stopped?: 'unread' | 'unplaced'
  readonly record?: Partial<Told>
}

/** The record that is expected. */
export function recordOf(row: Row, kind: Kind): Told {
  const { line, bare = false, status, stopped, record = {} } = row
  const [method = '', target = ''] = line.split(' ')
  const [path = ''] = target.split('?', 1)
  const stage = kind === 'routes' ? '$default' : 'prod'
  const whole = bare || kind === 'routes' ? path : `/${stage}${path}`
  return {
    ...{ api: 'contract', stage: stopped || bare ? null : stage, canary: false, method, route: null },
    ...{ path: stopped === undefined ? path : stopped === 'unread' ? '/' : whole, sourceIp: '127.0.0.1' },
    ...{ keyId: null, plan: null, principal: null, cache: null, error: null, observed: [], bytesIn: 0 },
    ...{ status, end: record.refusal === undefined ? 'answered' : 'refused', refusal: null, faults: [] },
    ...record,
    detail: record.detail?.replace('{stage}', stage) ?? null,
    // What is absent is `null`, as JSON has it.
  } as unknown as Told
}

/** A row of the gateway's own no, in the words of its type. */
export function refused(
  type: RefusalType,
  title: string,
  line: string,
  detail: string | undefined,
  more: Omit<Row, 'title' | 'line' | 'status'> & { readonly status?: number } = {},
): Row {
  const { status, message, error } = REFUSALS[type]
  return {
    ...{ title: `${type}: ${title}`, line, status, body: { message } },
    ...more,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error, ...more.headers },
    record: { refusal: type, detail, ...more.record },
  }
}

const PET = { name: 'Rex' }
const PETS = { route: 'POST /pets' }
const LOCKED = { route: 'GET /locked' }
const SIGNED = { route: 'GET /signed' }
const ALICE = { principal: 'arn:aws:iam::000000000000:user/alice' }
const WITH_KEY = { keyId: 'k-plain', plan: 'endless' }
const ITEM = { route: 'GET /items/{id}' }

const NO_NAME = 'object has missing required properties (["name"])'
const NO_ROUTE = "no route of stage 'prod' has this path"
const UNREADABLE = 'the body cannot be read: no model is for its type'
const TABLE_AWAY = "the store failed at 'keys.find': the table of keys is away"
const NOT_ALLOWED =
  'User: arn:aws:iam::000000000000:user/bob is not authorized to perform: execute-api:Invoke on resource: ' +
  'arn:aws:execute-api:us-east-1:000000000000:contract/{stage}/GET/signed'
const NO_POLICY =
  'no policy allows it: arn:aws:execute-api:us-east-1:000000000000:contract/{stage}/GET/signed'
const FORGED = 'the signature is of another request or by another key'
const PLAIN_HTTP =
  'the request came over plain HTTP and not from this machine to localhost: name the proxy that ends TLS in ' +
  '`trustProxy`, or give `httpsOnly: false` where there is none, as in Docker or on a LAN'

const ADMITTED: readonly Row[] = [
  {
    ...{ title: 'a route without a policy', line: 'GET /items/7', status: 200 },
    told: { params: { id: '7' } },
    record: ITEM,
  },
  {
    ...{ title: 'a HEAD of it', line: 'HEAD /items/7', status: 200, body: '' },
    record: ITEM,
  },
  {
    ...{ title: 'a status of the app’s own', line: 'GET /teapot', status: 418, body: { short: true } },
    headers: { 'x-stout': 'yes' },
    record: { route: 'GET /teapot' },
  },
  {
    ...{ title: 'no content', line: 'GET /no-content', status: 204, body: '' },
    record: { route: 'GET /no-content' },
  },
  {
    ...{ title: 'an API key', line: 'GET /locked', ask: { key: KEYS.plain }, status: 200 },
    told: { gateway: { client: { id: 'k-plain', name: 'acme' }, plan: 'endless' } },
    record: { ...LOCKED, ...WITH_KEY },
  },
  {
    ...{
      title: 'a HEAD with an API key',
      line: 'HEAD /locked',
      ask: { key: KEYS.plain },
      status: 200,
      body: '',
    },
    record: { ...LOCKED, ...WITH_KEY },
  },
  {
    ...{
      title: 'an authorizer’s caller',
      line: 'GET /me',
      ask: { headers: { 'x-user': 'ada' } },
      status: 200,
    },
    told: { gateway: { principal: 'ada', authorizer: { level: 3 } } },
    record: { route: 'GET /me', principal: 'ada' },
  },
  {
    ...{ title: 'a signature', line: 'GET /signed?b=2&a=%20', status: 200 },
    ask: (caller) => signed(caller, 'GET /signed?b=2&a=%20', 'alice'),
    told: { query: { a: [' '], b: ['2'] }, gateway: ALICE },
    record: { ...SIGNED, ...ALICE },
  },
  {
    ...{ title: 'a body that is what it should be', line: 'POST /pets', ask: { json: PET }, status: 200 },
    told: { body: PET, gateway: { body: PET } },
    record: { ...PETS, bytesIn: 14 },
  },
  {
    ...{ title: 'parameters', line: 'GET /search?kind=dog&limit=10', status: 200 },
    ask: { headers: { 'x-tenant': 'acme' } },
    told: { gateway: { query: { kind: 'dog', limit: 10 }, headers: { 'x-tenant': 'acme' } } },
    record: { route: 'GET /search' },
  },
  {
    ...{ title: 'the address that a trusted proxy tells', line: 'GET /items/7', status: 200 },
    ask: { headers: { 'x-forwarded-for': '198.51.100.9', 'x-forwarded-proto': 'https' } },
    told: { gateway: { sourceIp: '198.51.100.9' } },
    record: { ...ITEM, sourceIp: '198.51.100.9' },
  },
  {
    ...{ title: 'what is only observed', line: 'GET /observed', status: 200 },
    record: { route: 'GET /observed', observed: ['INVALID_API_KEY'] },
  },
  {
    ...{ title: 'another stage', line: 'GET /beta/items/7', bare: true, mounted: true, status: 200 },
    told: { gateway: { stage: 'beta', variables: { db: 'replica' } } },
    record: { stage: 'beta', path: '/items/7', route: 'GET /items/{id}' },
  },
  {
    ...{ title: 'an answer of the gateway’s own', line: 'GET /made', mounted: true, status: 201 },
    ...{ body: 'made in prod', record: { route: 'GET /made' } },
  },
]

const fault = (pointer: string, keyword: string, message: string) => ({ keyword, message, pointer })

const REFUSED: readonly Row[] = [
  refused('BAD_REQUEST_BODY', 'a body that breaks its model', 'POST /pets', `[${NO_NAME}]`, {
    ask: { json: { age: 7 } },
    record: { ...PETS, bytesIn: 9, faults: [fault('/name', 'required', NO_NAME)] },
  }),
  refused('BAD_REQUEST_BODY', 'the same, told in detail', 'PUT /pets', `[${NO_NAME}]`, {
    ask: { json: { age: 7 } },
    body: { message: 'Invalid request body', errors: [fault('/name', 'required', NO_NAME)] },
    record: { route: 'PUT /pets', bytesIn: 9, faults: [fault('/name', 'required', NO_NAME)] },
  }),
  refused('BAD_REQUEST_BODY', 'a body that is no JSON', 'POST /pets', '[is not JSON]', {
    ask: { body: '{"name":', headers: { 'content-type': 'application/json' } },
    record: { ...PETS, bytesIn: 8, faults: [fault('', 'parse', 'is not JSON')] },
  }),
  refused('BAD_REQUEST_BODY', 'no body where there must be one', 'POST /pets', '[there is no body]', {
    record: { ...PETS, faults: [fault('', 'required', 'there is no body')] },
  }),
  refused(
    'BAD_REQUEST_PARAMETERS',
    'parameters that are not there',
    'GET /search',
    '[is missing, is missing]',
    {
      body: { message: 'Missing required request parameters: [x-tenant, kind]' },
      record: {
        route: 'GET /search',
        faults: ['header.x-tenant', 'query.kind'].map((pointer) => fault(pointer, 'required', 'is missing')),
      },
    },
  ),
  refused(
    'UNAUTHORIZED',
    'nobody whom the authorizer knows',
    'GET /me',
    'the authorizer knows no such caller',
    {
      record: { route: 'GET /me' },
    },
  ),
  refused('ACCESS_DENIED', 'a signer whom no policy allows it', 'GET /signed', NO_POLICY, {
    ask: (caller) => signed(caller, 'GET /signed', 'bob'),
    body: { Message: NOT_ALLOWED },
    record: { ...SIGNED, principal: 'arn:aws:iam::000000000000:user/bob' },
  }),
  refused('EXPIRED_TOKEN', 'credentials of old', 'GET /signed', "access key id 'AKIDCAROL' has expired", {
    ask: (caller) => signed(caller, 'GET /signed', 'carol'),
    record: SIGNED,
  }),
  refused('INVALID_API_KEY', 'no key', 'GET /locked', 'no x-api-key header', { record: LOCKED }),
  refused('INVALID_API_KEY', 'no key, of a HEAD', 'HEAD /locked', 'no x-api-key header', {
    ...{ body: '', headers: { 'content-length': '23' }, record: LOCKED },
  }),
  refused('INVALID_API_KEY', 'no key, of a body that nobody reads', 'POST /locked', 'no x-api-key header', {
    ...{ ask: { json: PET }, record: { route: 'POST /locked', bytesIn: 14 } },
  }),
  ...[
    ['a key that nobody has', 'made-up'],
    ['a key that is switched off', KEYS.disabled],
    ['a key that has expired', KEYS.expired],
  ].map(([title = '', key = '']) =>
    refused('INVALID_API_KEY', title, 'GET /locked', 'the API key is unknown, disabled or expired', {
      ...{ ask: { key }, record: LOCKED },
    }),
  ),
  refused(
    ...(['INVALID_API_KEY', 'a key without a plan', 'GET /locked'] as const),
    "the API key 'k-planless' is not in a usage plan for stage '{stage}'; it is in: none",
    { ask: { key: KEYS.planless }, record: LOCKED },
  ),
  refused(
    ...(['INVALID_API_KEY', 'a key of another plan', 'GET /gold'] as const),
    "the API key 'k-plain' is not in one of the usage plans gold for stage '{stage}'; it is in: endless",
    { ask: { key: KEYS.plain }, record: { route: 'GET /gold' } },
  ),
  refused('MISSING_AUTHENTICATION_TOKEN', 'no signature', 'GET /signed', undefined, { record: SIGNED }),
  refused('INVALID_SIGNATURE', 'a signature over another query', 'GET /signed?a=1&evil=2', FORGED, {
    ask: (caller) => signed(caller, 'GET /signed?a=1', 'alice'),
    body: /^\{"message":"The request signature we calculated does not match the signature you provided\./,
    record: SIGNED,
  }),
  refused('WAF_FILTERED', 'a step of the user’s own, in words of the user’s own', 'GET /items/7', 'evil', {
    ...{ ask: { headers: { 'x-evil': '1' } }, status: 418, body: { blocked: '/items/7', method: 'GET' } },
    ...{ headers: { 'x-why': 'WAF_FILTERED' }, record: ITEM },
  }),
  refused('RESOURCE_NOT_FOUND', 'a path that no route names', 'GET /nowhere', NO_ROUTE, { mounted: true }),
  refused('RESOURCE_NOT_FOUND', 'a path in another case', 'GET /ITEMS/7', NO_ROUTE, { mounted: true }),
  refused(
    ...(['RESOURCE_NOT_FOUND', 'a stage that there is not', 'GET /gone/items/7'] as const),
    "no stage is called 'gone': the path begins with one of prod, beta",
    { bare: true, mounted: true },
  ),
  refused('REQUEST_TOO_LARGE', 'as it announces', 'POST /stream', `a body of more than ${BODY_LIMIT} bytes`, {
    ...{ ask: { alone: true, headers: { 'content-length': String(BODY_LIMIT + 1) } } },
    ...{ stopped: 'unread', needs: 'both-ways', record: { bytesIn: BODY_LIMIT + 1 } },
  }),
  refused('UNSUPPORTED_MEDIA_TYPE', 'a type that no model is for', 'POST /pets', UNREADABLE, {
    ask: { body: 'Rex', headers: { 'content-type': 'text/plain' } },
    record: { ...PETS, bytesIn: 3 },
  }),
  refused('API_CONFIGURATION_ERROR', 'a step that crashes', 'GET /items/7', 'Error: a step that crashes', {
    ask: { headers: { 'x-crash': '1' } },
    record: { ...ITEM, end: 'crashed', error: 'Error: a step that crashes' },
  }),
  refused('AUTHORIZER_FAILURE', 'an authorizer that throws', 'GET /away', 'the directory is away', {
    record: { route: 'GET /away' },
  }),
  refused(
    'MALFORMED_TARGET',
    'a percent sign that says nothing',
    'GET /items/%zz',
    'a malformed percent-encoding',
    {
      ...{ mounted: true, stopped: 'unread' },
    },
  ),
  refused(
    ...([
      'MALFORMED_TARGET',
      'more parameters than there may be',
      `GET /items/7?${'a&'.repeat(101)}`,
    ] as const),
    'more than 100 query parameters',
    { stopped: 'unplaced' },
  ),
  refused('INSECURE_TRANSPORT', 'plain HTTP before a trusted proxy', 'GET /items/7', PLAIN_HTTP, {
    ask: { headers: { 'x-forwarded-for': '198.51.100.9', 'x-forwarded-proto': 'http' } },
    ...{ stopped: 'unplaced', record: { sourceIp: '198.51.100.9' } },
  }),
  refused('METHOD_NOT_ALLOWED', 'a method that the path has not', 'POST /items/7', 'the path has GET, HEAD', {
    ...{ mounted: true, headers: { allow: 'GET, HEAD' } },
  }),
  refused(
    ...(['TARGET_TOO_LONG', 'more than there may be', `GET /items/7?${'a'.repeat(8192)}`] as const),
    'longer than 8192 characters',
    { stopped: 'unread' },
  ),
  refused('HEADERS_TOO_LARGE', 'more than there may be', 'GET /items/7', 'more than 10240 bytes', {
    ...{ ask: { headers: { 'x-much': 'a'.repeat(10_300) } }, stopped: 'unread' },
  }),
  refused('STORE_UNAVAILABLE', 'a table of keys that is away', 'GET /locked', TABLE_AWAY, {
    ...{ ask: { key: KEYS.broken }, record: LOCKED },
  }),
  refused('INTEGRATION_TIMEOUT', 'an app that does not answer in time', 'GET /never?gate=none', undefined, {
    needs: 'seen-answers',
    record: { route: 'GET /never' },
  }),
]

export const ROWS: readonly Row[] = [...ADMITTED, ...REFUSED]
