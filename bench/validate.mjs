/** A body held to its model: the gateway's own step, beside `JSON.parse` and the bare function that ajv compiles. */
import Ajv from 'ajv-draft-04'
import addFormats from 'ajv-formats'
import { internals } from './lib/internals.mjs'
import { compare, ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const { Models, validateBody } = await internals()

const OWNER = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'integer' },
    name: { type: 'string', maxLength: 100 },
    address: {
      type: 'object',
      properties: {
        street: { type: 'string' },
        city: { type: 'string' },
        zip: { type: 'string', pattern: '^[0-9]{5}$' },
      },
    },
  },
}

const PET = {
  type: 'object',
  required: ['name', 'kind', 'price'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer' },
    name: { type: 'string', minLength: 1, maxLength: 64 },
    kind: { enum: ['dog', 'cat', 'bird'] },
    price: { type: 'number', minimum: 0 },
    email: { type: 'string', format: 'email' },
    sku: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{4}$' },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 10 },
    owner: OWNER,
  },
}

function pet(id) {
  return {
    id,
    name: 'Rex the dog',
    kind: 'dog',
    price: 249.99,
    email: 'rex@example.com',
    sku: 'ABC-1234',
    tags: ['good', 'boy', 'brown'],
    owner: {
      id: 7,
      name: 'Anna Example',
      address: { street: 'Main Street 1', city: 'Springfield', zip: '12345' },
    },
  }
}

const pets = (count) => Array.from({ length: count }, (_, index) => pet(index))

/** What is sent, and its model. The smallest shows what a step costs by itself, some 0.2 us. */
const CASES = {
  'a name': [
    { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    { name: 'Rex' },
  ],
  'a pet': [PET, pet(4711)],
  'four pets': [{ type: 'array', items: PET }, pets(4)],
  'four hundred': [{ type: 'array', items: PET }, pets(400)],
}

/** The bytes are there already: how long they are waited for is not what is measured. */
class Arrived {
  constructor(value) {
    this.value = value
  }

  // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
  then(told) {
    return new Arrived(told(this.value))
  }
}

function through(model, bytes) {
  const models = new Models(new Map([['Tested', model]]))
  /** @type {Parameters<typeof validateBody>[0]} */
  const body = {
    observe: false,
    models: new Map([['application/json', 'Tested']]),
    required: true,
    unknownType: 'refuse',
    inflated: 1e7,
  }
  const step = validateBody(body, { models, limit: 1e7, detailed: false })
  const headers = { 'content-type': 'application/json' }
  const request = { header: (name) => headers[name], body: () => new Arrived(bytes) }
  return () => {
    const exchange = /** @type {any} */ ({ request, body: undefined, faults: [] })
    const outcome = /** @type {any} */ (step(exchange))
    if (outcome.value !== undefined || exchange.body === undefined) throw new Error('refused')
    return exchange.body
  }
}

function bare(model, bytes) {
  const ajv = new Ajv({ strict: false })
  addFormats(ajv)
  const validate = ajv.compile(model)
  return () => {
    const value = JSON.parse(bytes.toString())
    if (!validate(value)) throw new Error('refused')
    return value
  }
}

title('validate: ns a body, in process')
const rows = Object.entries(CASES).map(([name, [model, sent]]) => {
  const bytes = Buffer.from(JSON.stringify(sent))
  const samples = compare({ bare: bare(model, bytes), step: through(model, bytes) })
  const wanted = bytes.length < 100 ? '' : '<= 1.3'
  const label = `${name}, ${bytes.length.toLocaleString('en-US')} bytes`
  return [
    label,
    spread(samples.bare),
    spread(samples.step),
    spread(ratios(samples.step, samples.bare), 2),
    wanted,
  ]
})
table(['', 'JSON.parse and ajv', 'the step', 'ratio (quartiles)', 'wanted'], rows)
