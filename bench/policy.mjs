/** A compiled policy of ten statements, asked by conditions as a gateway has them, and one match of find-my-way beside it. */
import findMyWay from 'find-my-way'
import { internals } from './lib/internals.mjs'
import { compare, ratios, summary } from './lib/measure.mjs'
import { number, spread, table, title } from './lib/print.mjs'
import { colons, POOL, requests, routes } from './lib/routes.mjs'

const { compilePolicy } = await internals()

const API = 'arn:aws:execute-api:us-east-1:123456789012:shop'
const TABLE = routes(100)
const CALLS = requests(TABLE, '', 'skewed')

/**
 * @typedef {object} Kind
 * @property {string} Effect
 * @property {string[]} [NotIpAddress]
 * @property {string} [Bool]
 * @property {string} [Age]
 * @property {string} [Tag]
 * @property {string | { AWS: string }} [Principal]
 * @property {string | string[]} [Resource]
 */

/**
 * Of each kind that resource policies have: addresses, times, tags, variables, accounts, wildcards.
 *
 * @type {Kind[]}
 */
const STATEMENTS = [
  { Effect: 'Deny', NotIpAddress: ['10.0.0.0/8', '192.168.0.0/16', '2001:db8::/32'] },
  { Effect: 'Deny', Bool: 'false' },
  { Effect: 'Deny', Resource: `${API}/*/DELETE/*`, Age: '2026-06-01T00:00:00Z' },
  { Effect: 'Deny', Principal: { AWS: '999999999999' } },
  { Effect: 'Deny', Resource: `${API}/prod/*/users/*/history/*`, Tag: 'auditor' },
  { Effect: 'Allow', Resource: `${API}/prod/GET/files/\${aws:username}/*` },
  { Effect: 'Allow', Resource: [`${API}/beta/*`, `${API}/test/*`] },
  { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:role/batch' } },
  { Effect: 'Allow', Resource: 'arn:aws:execute-api:*:*:*/prod/PATCH/*', Tag: 'editor' },
  { Effect: 'Allow', Resource: `${API}/prod/*` },
]

/** @param {Kind} kind */
function statement({ Effect, NotIpAddress, Bool, Age, Tag, Principal = '*', Resource = `${API}/*` }) {
  const Condition = {
    ...(NotIpAddress && { NotIpAddress: { 'aws:SourceIp': NotIpAddress } }),
    ...(Bool && { Bool: { 'aws:SecureTransport': Bool } }),
    ...(Age && { DateGreaterThan: { 'aws:CurrentTime': Age } }),
    ...(Tag && { StringEquals: { 'aws:PrincipalTag/role': Tag } }),
  }
  return { Effect, Principal, Action: 'execute-api:Invoke', Resource, Condition }
}

/** @type {any} */
const document = { Version: '2012-10-17', Statement: STATEMENTS.map(statement) }
const policy = compilePolicy(document, 'resource')

const known = new Map([
  ['aws:sourceip', '10.20.30.40'],
  ['aws:securetransport', 'true'],
  ['aws:currenttime', '2026-01-01T00:00:00Z'],
  ['aws:username', 'alice'],
  ['aws:principaltag/role', 'clerk'],
])
const asked = CALLS.map(({ method, target }) => ({
  principal: 'arn:aws:iam::123456789012:user/alice',
  action: 'execute-api:Invoke',
  resource: `${API}/prod/${method}${target}`,
  condition: (key) => known.get(key),
}))

const other = asked.map((request) => ({ ...request, resource: request.resource.replace('/prod/', '/none/') }))
const away = (key) => (key === 'aws:sourceip' ? '203.0.113.7' : known.get(key))
const outside = asked.map((request) => ({ ...request, condition: away }))

/** @type {Record<string, [typeof asked, string]>} */
const KINDS = {
  'allowed by the last': [asked, 'Allow'],
  'none applies': [other, 'None'],
  'denied by the first': [outside, 'Deny'],
}
for (const [name, [all, effect]] of Object.entries(KINDS)) {
  if (all.some((each) => policy.evaluate(each).effect !== effect)) throw new Error(`not all are ${name}`)
}

function findMy(list) {
  const router = findMyWay()
  for (const route of list) router.on(route.method, colons(route.path), () => route)
  return (method, target) => router.find(method, target)
}

const find = findMy(TABLE)

const samples = compare({
  ...Object.fromEntries(
    Object.entries(KINDS).map(([name, [all]]) => [name, (index) => policy.evaluate(all[index % POOL])]),
  ),
  'find-my-way': (index) => find(CALLS[index % POOL].method, CALLS[index % POOL].target),
  'compiling it': () => compilePolicy(document, 'resource'),
})

title('policy: one of ten statements, compiled')
const base = samples['find-my-way']
table(
  ['', 'us, wanted <= 5', 'to one match of find-my-way in 100 routes'],
  [...Object.keys(KINDS), 'find-my-way', 'compiling it'].map((name) => [
    name,
    spread(
      samples[name].map((sample) => sample / 1000),
      2,
    ),
    number(summary(ratios(samples[name], base)).median, 1),
  ]),
)
