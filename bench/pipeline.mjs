/** The pipeline alone: nanoseconds a request in this process, beside one route match of find-my-way. */
import findMyWay from 'find-my-way'
import { passed } from 'postern'
import { addKeys, busyGateway, CALLED, headerFields, keyValues, seen, TABLE } from './lib/gateway.mjs'
import { compare, ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'
import { CallerRequest, received } from './lib/request.mjs'
import { colons, POOL, requests } from './lib/routes.mjs'

const KEYS = 256

const gateway = busyGateway()

/** What so many callers send. Each contender reads as many of them, as memory that is far away costs time of its own. */
function headersWith(values) {
  return Array.from({ length: KEYS }, (_, index) => received(headerFields(values[index % values.length])))
}

const sent = { status: 200, bytesIn: 0, bytesOut: 120, whole: true }

/** @type {import('postern').Forward<CallerRequest>} */
function forward(exchange, { localTarget }) {
  // As every adapter does.
  if (exchange.forwardTarget === localTarget) throw new Error('its stage is to be taken off')
  gateway.headers(exchange)
  gateway.ended(exchange, sent)
  return passed
}

const targets = requests(CALLED, '/prod').map(({ target }) => target)

/** One request through the gateway; `headers` are taken by turns. */
function through(headers) {
  return (index) =>
    gateway.handle(new CallerRequest(targets[index % POOL], headers[index % headers.length]), forward)
}

/** The same with another key in them each time: they come from the socket, and are at hand when they are read. */
function guessing(headers, keys) {
  const at = headers[0].raw.indexOf('x-api-key') + 1
  const send = through(headers)
  return (index) => {
    const { raw, fields } = headers[index % headers.length]
    raw[at] = keys[index % keys.length]
    fields['x-api-key'] = raw[at]
    return send(index)
  }
}

function router() {
  const found = findMyWay()
  for (const { method, path } of TABLE) found.on(/** @type {'GET'} */ (method), colons(path), () => path)
  const paths = requests(CALLED).map(({ target }) => target)
  return (index) => found.find('GET', paths[index % POOL])
}

const valid = keyValues(KEYS)
const spent = keyValues(KEYS, 'spent')
await addKeys(gateway, valid)
await addKeys(gateway, spent, 'spent')
const guesses = Array.from({ length: POOL }, (_, index) => `guess-${index}-`.padEnd(40, 'x'))
const contenders = {
  match: router(),
  admitted: through(headersWith(valid)),
  throttled: through(headersWith(spent)),
  keyless: through(headersWith([undefined])),
  wrong: through(headersWith(guesses.slice(0, 16))),
  guessed: guessing(headersWith(guesses), guesses),
}

/** What is measured is what is meant. The first request of a spent key is still admitted. */
function verify() {
  const expected = { admitted: undefined, throttled: 429, wrong: 403, guessed: 403, keyless: 403 }
  for (let index = 0; index < KEYS; index++) contenders.throttled(index)
  for (const [name, status] of Object.entries(expected)) {
    for (let index = 0; index < POOL; index++) {
      const result = contenders[name](index)
      const got = result === passed ? undefined : result.status
      if (got !== status) throw new Error(`${name}: ${got} in place of ${status}`)
    }
  }
}

verify()
title('pipeline: ns a request, in process, everything on')
const samples = compare(contenders)

function row(name, label, base, wanted) {
  return [label, spread(samples[name]), spread(ratios(samples[name], samples[base]), 2), wanted]
}

table(
  ['', 'ns (quartiles)', 'ratio (quartiles)', 'wanted'],
  [
    row('match', 'find-my-way, one match among 100', 'match', '1'),
    row('admitted', 'admitted, to one match', 'match', '<= 12'),
    row('throttled', 'THROTTLED, to an admission', 'admitted', '<= 1'),
    row('wrong', 'INVALID_API_KEY: a wrong key, again and again', 'admitted', '<= 1'),
    row('guessed', 'INVALID_API_KEY: always another wrong key', 'admitted', '<= 1'),
    row('keyless', 'INVALID_API_KEY: no key', 'admitted', '<= 1'),
  ],
)
console.log(`\n${seen.records.toLocaleString('en-US')} records`)
