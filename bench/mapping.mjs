/** A mapping template, compiled: rendered beside the same template in velocityjs, with the same variables by hand. */
import { Compile, parse } from 'velocityjs'
import { internals } from './lib/internals.mjs'
import { compare, ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const { compileTemplate, MethodRequest, Payload } = await internals()

const LOOKUP = `{
  "TableName": "$stageVariables.table",
  "KeyConditionExpression": "owner = :owner",
  "ExpressionAttributeValues": { ":owner": { "S": "$input.params('owner')" } }
}`

const PUT = `{
  "TableName": "$stageVariables.table",
  "Item": {
    "id": { "S": "$context.requestId" },
    "name": { "S": $input.json('$.name') },
    "kind": { "S": $input.json('$.kind') },
    "price": { "N": "$input.path('$.price')" }
  }
}`

const LIST = `#set($root = $input.path('$'))
{
  "pets": [
#foreach($item in $root.Items)
    {
      "id": "$item.id.S",
      "name": "$util.escapeJavaScript($item.name.S)",
#if($item.price.N != "")
      "price": $item.price.N,
#end
      "url": "/$context.stage/pets/$item.id.S"
    }#if($foreach.hasNext),#end

#end
  ],
  "count": $root.Items.size()
}`

const items = (count) =>
  Array.from({ length: count }, (_, index) => ({
    id: { S: `pet-${index}` },
    name: { S: `Rex the ${index}th` },
    price: { N: `${index}.50` },
  }))

/** Templates of requests and answers, and the bodies that they are of. */
const CASES = {
  'a parameter': [LOOKUP, undefined],
  'a body taken apart': [PUT, { id: 4711, name: 'Rex', kind: 'dog', price: 249.99, tags: ['good', 'boy'] }],
  'a list of 10': [LIST, { Items: items(10), Count: 10, ScannedCount: 10 }],
  'a list of 100': [LIST, { Items: items(100), Count: 100, ScannedCount: 100 }],
}

const REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
const RAW = ['Host', 'api.acme.com', 'Accept', 'application/json', 'User-Agent', 'acme-shop/4.2.1']

function compiled(source, text) {
  const template = compileTemplate(source)
  const request = {
    target: '/prod/pets?owner=anna',
    rawHeaders: () => RAW,
    header: (name) => RAW[RAW.findIndex((each) => each.toLowerCase() === name) + 1],
  }
  const site = /** @type {any} */ ({ variables: { table: 'pets' }, stage: 'prod' })
  return () => {
    const exchange = /** @type {any} */ ({ request, params: {}, requestId: REQUEST_ID, at: { name: 'prod' } })
    const overrides = { request: Object.create(null), response: Object.create(null) }
    const method = new MethodRequest(exchange)
    return template.render({ exchange, site, method, payload: new Payload(text, 'request'), overrides })
  }
}

/** What a hand-written gateway would hand to velocityjs: everything within reach, and nothing bounded. */
function alone(source, text) {
  const program = new Compile(parse(source))
  const query = new URLSearchParams('owner=anna')
  return () => {
    let body
    const path = (expression) => {
      body ??= JSON.parse(text)
      return expression === '$' ? body : body[expression.slice(2)]
    }
    return program.render({
      input: {
        path,
        json: (expression) => JSON.stringify(path(expression)),
        params: (name) => query.get(name) ?? '',
      },
      context: { requestId: REQUEST_ID, stage: 'prod' },
      util: { escapeJavaScript: (value) => JSON.stringify(value).slice(1, -1) },
      stageVariables: { table: 'pets' },
    })
  }
}

title('mapping: ns a rendering, in process')
const rows = Object.entries(CASES).map(([name, [source, body]]) => {
  const text = body === undefined ? '' : JSON.stringify(body)
  const contenders = { velocity: alone(source, text), postern: compiled(source, text) }
  const [theirs, ours] = [contenders.velocity(), contenders.postern()].map((each) =>
    JSON.stringify(JSON.parse(each)),
  )
  if (ours !== theirs) throw new Error(`${name}: ${ours} is not ${theirs}`)
  const samples = compare(contenders, { rounds: 25 })
  return [
    name,
    spread(samples.velocity),
    spread(samples.postern),
    spread(ratios(samples.postern, samples.velocity), 2),
    '<= 1.3',
  ]
})
table(['', 'velocityjs', 'postern', 'ratio (quartiles)', 'wanted'], rows)
