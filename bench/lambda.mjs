/** What it takes to answer by a Lambda function in this process, beside calling the function. */
import { createGateway, route } from 'postern'
import { lambda } from 'postern/lambda'
import { headerFields } from './lib/gateway.mjs'
import { numbers } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'
import { CallerRequest, received } from './lib/request.mjs'

const ROUNDS = 40
const CALLS = 4_000
const POOL = 256

/** A function that looks at its event, and answers at once. */
const handler = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: `{"id":"${event.pathParameters.id}","page":"${event.queryStringParameters.page}"}`,
})

const EVENT = { pathParameters: { id: '7' }, queryStringParameters: { page: '2' } }
const OWN = (context) => ({ id: context.params.id })

function through(target) {
  const gateway = createGateway({
    routes: [route('GET /pets/{id}', {}, target)],
    stages: { prod: { variables: { alias: 'live' } } },
  })
  const headers = received(headerFields('x'.repeat(40)))
  const targets = Array.from({ length: POOL }, (_, index) => `/prod/pets/${index}?page=2&tag=a&tag=b`)
  return (index) =>
    gateway.handle(new CallerRequest(targets[index % POOL], headers), () => {
      throw new Error('there is no app')
    })
}

/** @type {Record<string, (index: number) => unknown>} */
const contenders = {
  direct: () => handler(EVENT),
  handler: through(OWN),
  v1: through(lambda(handler)),
  v2: through(lambda(handler, { payload: '2.0' })),
}

for (const name of ['v1', 'v2']) {
  const answer = /** @type {{ status: number, body: unknown }} */ (await contenders[name](3))
  if (answer.status !== 200 || answer.body !== '{"id":"3","page":"2"}')
    throw new Error(`${name}: ${answer.body}`)
}

/** Microseconds a call, each awaited before the next: whoever waits, waits for all of it. */
async function batch(run) {
  const start = process.hrtime.bigint()
  for (let index = 0; index < CALLS; index++) await run(index)
  return Number(process.hrtime.bigint() - start) / CALLS / 1000
}

const names = Object.keys(contenders)
const samples = Object.fromEntries(names.map((name) => [name, numbers()]))
for (const name of names) for (let warm = 0; warm < 10; warm++) await batch(contenders[name])
for (let round = 0; round < ROUNDS; round++) {
  for (let turn = 0; turn < names.length; turn++) {
    const name = names[(round + turn) % names.length]
    samples[name].push(await batch(contenders[name]))
  }
}

title('lambda: us a request, in process, 12 header fields and a query')

function row(name, label, wanted) {
  const added = samples[name].map((sample, round) => sample - samples.direct[round])
  return [label, spread(samples[name], 2), name === 'direct' ? '' : spread(added, 2), wanted]
}

table(
  ['', 'us (quartiles)', 'over the call (quartiles)', 'wanted'],
  [
    row('direct', 'the function, called with an event', ''),
    row('handler', 'the pipeline: a handler of the definition instead', ''),
    row('v1', 'the pipeline and a Lambda proxy, format 1.0', '<= 15'),
    row('v2', 'the pipeline and a Lambda proxy, format 2.0', '<= 15'),
  ],
)
