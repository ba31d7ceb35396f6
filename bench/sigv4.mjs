/** What a signature costs: to verify one, all checks on, beside what it takes `aws4` to make it. */
import aws4 from 'aws4'
import { createGateway, memoryStore, passed, route } from 'postern'
import { headerFields } from './lib/gateway.mjs'
import { internals } from './lib/internals.mjs'
import { compare, ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'
import { CallerRequest, received } from './lib/request.mjs'
import { requests, routes } from './lib/routes.mjs'

const { Exchange, Refusal, SigV4Verifier } = await internals()

const HOST = 'api.acme.example'
const CALLER = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const PRINCIPAL = 'arn:aws:iam::123456789012:user/alice'
const POLICY = /** @type {const} */ ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
})
const credential = { secretAccessKey: CALLER.secretAccessKey, principal: PRINCIPAL, policies: [POLICY] }
const credentials = (accessKeyId) => (accessKeyId === CALLER.accessKeyId ? credential : undefined)

const TABLE = routes(100).filter(({ method }) => method === 'GET')
/** Few enough to stay in the processor's cache: a request has just been read when its signature is verified. */
const POOL = 256
const TARGETS = requests(TABLE, '/prod')
  .slice(0, POOL)
  .map(({ target }) => target)

/** What `aws4` is given for a request: it makes its date, and signs what is in `headers`. */
function unsigned(target, headers) {
  return {
    method: 'GET',
    path: target,
    host: HOST,
    service: 'execute-api',
    region: 'us-east-1',
    headers: { ...headers },
  }
}

/** The same requests as they arrive, with what Node's client adds by itself. */
function arrived(headers) {
  return TARGETS.map((target) => {
    const signed = aws4.sign(unsigned(target, headers), CALLER)
    return new CallerRequest(target, received({ ...signed.headers, Connection: 'keep-alive' }))
  })
}

const now = Date.now()
const clock = { now: () => now }
const options = { clock, credentials, api: 'api', region: 'us-east-1', timeout: 250, bodyLimit: 1e6 }
const verifier = new SigV4Verifier({ ...options, counters: memoryStore().counters })
const DEMAND = { once: false, normalizePath: undefined }
const gateways = { iam: gateway({ authorize: 'iam' }), open: gateway({}) }

function gateway(policy) {
  return createGateway({
    routes: TABLE.map(({ path }) => route(/** @type {'GET /'} */ (`GET ${path}`), policy)),
    stages: { prod: {} },
    account: { throttle: false },
    credentials,
    clock,
  })
}

function verify(pool) {
  return (index) => verifier.verify(new Exchange(verifier, pool[index % POOL], 'id', now), DEMAND)
}

function through(gate, pool) {
  /** @type {import('postern').Forward<import('postern').GatewayRequest>} */
  const forward = (exchange) => {
    gate.ended(exchange, { status: 200, bytesIn: 0, bytesOut: 120, whole: true })
    return passed
  }
  return (index) => gate.handle(pool[index % POOL], forward)
}

const { 'x-api-key': _, host: __, connection: ___, ...fields } = headerFields('')
const bare = arrived({})
const full = arrived(fields)
const contenders = {
  sign: (index) => aws4.sign(unsigned(TARGETS[index % POOL], {}), CALLER),
  verify: verify(bare),
  signFull: (index) => aws4.sign(unsigned(TARGETS[index % POOL], fields), CALLER),
  verifyFull: verify(full),
  pipeline: through(gateways.iam, bare),
  open: through(gateways.open, bare),
}

/** What is measured is what is meant: all of them are admitted, and none is with another path. */
for (let index = 0; index < POOL; index++) {
  for (const name of /** @type {const} */ (['verify', 'verifyFull']))
    if (contenders[name](index) instanceof Refusal) throw new Error(`${name} refuses a right signature`)
  for (const name of /** @type {const} */ (['pipeline', 'open']))
    if (contenders[name](index) !== passed) throw new Error(`${name} does not admit`)
}

title('sigv4: ns a GET, in process, all checks on')
const samples = compare(contenders)

function row(name, label, base, wanted) {
  return [label, spread(samples[name]), spread(ratios(samples[name], samples[base]), 2), wanted]
}

table(
  ['', 'ns (quartiles)', 'ratio (quartiles)', 'wanted'],
  [
    row('sign', 'aws4.sign, host and date signed', 'sign', '1'),
    row('verify', 'verify the same, the verifier alone', 'sign', '<= 0.35'),
    row('signFull', 'aws4.sign, 11 fields, 9 of them signed', 'signFull', '1'),
    row('verifyFull', 'verify the same, the verifier alone', 'signFull', '<= 0.35'),
    row('open', 'the pipeline, to sign: a route that is open', 'sign', ''),
    row('pipeline', 'the pipeline, to sign: a route that authorizes', 'sign', ''),
  ],
)
