/** DynamoDB over the wire, as `dynalite` has it; what is in it is looked at through AWS's own SDK. */

import { CreateTableCommand, DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { answer as answering, createGateway, route } from 'postern'
import { aws } from 'postern/aws'
import { toNode } from 'postern/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, start, stop } from '../../sockets.js'
import { SIGNER } from './signed.js'

const JSON_TYPE = 'application/json'

let database: Served
let client: DynamoDBClient
let api: Served
let gateway: ReturnType<typeof gatewayOf>

beforeAll(async () => {
  database = await start(dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }))
  client = new DynamoDBClient({ endpoint: database.url, region: 'us-east-1', credentials: SIGNER })
  await client.send(
    new CreateTableCommand({
      TableName: 'pets',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'name', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'owner', AttributeType: 'S' },
        { AttributeName: 'name', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  gateway = gatewayOf(database.url)
  api = await start((req, res) => toNode(gateway)(req, res))
})

afterAll(async () => {
  await stop(api)
  await gateway.close()
  client.destroy()
  await stop(database)
})

/** A small API of nothing but integrations: templates as AWS has them, and code. */
function gatewayOf(endpoint: string) {
  const own = { endpoint, credentials: SIGNER }
  const put = aws('dynamodb', 'PutItem', {
    ...own,
    request: {
      templates: {
        [JSON_TYPE]: `#set($pet = $input.path('$'))
{
  "TableName": "pets",
  "Item": {
    "owner": {"S": "$util.escapeJavaScript($input.params('owner'))"},
    "name": {"S": "$util.escapeJavaScript($pet.name)"},
    "age": {"N": "$pet.age"}
  },
  "ConditionExpression": "attribute_not_exists(#name)",
  "ExpressionAttributeNames": {"#name": "name"}
}`,
      },
    },
    responses: [
      { statusCode: 201, templates: { [JSON_TYPE]: '{"created": true}' } },
      {
        selectionPattern: '4\\d{2}',
        statusCode: 409,
        templates: { [JSON_TYPE]: '{"why": "$input.path(\'$.message\')"}' },
      },
    ],
  })
  const get = aws('dynamodb', 'GetItem', {
    ...own,
    request: ({ params }) => ({
      body: { TableName: 'pets', Key: { owner: { S: params.owner }, name: { S: params.name } } },
    }),
    responses: ({ body }): unknown => {
      const { Item } = JSON.parse(Buffer.from(body).toString())
      return Item === undefined
        ? answering(404, { message: 'no such pet' })
        : { name: Item.name.S, age: Number(Item.age.N) }
    },
  })
  const query = aws('dynamodb', 'Query', {
    ...own,
    request: {
      templates: {
        [JSON_TYPE]: `{
  "TableName": "pets",
  "KeyConditionExpression": "#owner = :owner",
  "ExpressionAttributeNames": {"#owner": "owner"},
  "ExpressionAttributeValues": {":owner": {"S": "$util.escapeJavaScript($input.params('owner'))"}}
}`,
      },
    },
    responses: [
      {
        statusCode: 200,
        templates: {
          [JSON_TYPE]: `#set($root = $input.path('$'))
{"pets": [#foreach($pet in $root.Items){"name": "$pet.name.S", "age": $pet.age.N}#if($foreach.hasNext), #end#end]}`,
        },
      },
    ],
  })
  return createGateway({
    routes: [
      route('POST /owners/{owner}/pets', {}, put),
      route('GET /owners/{owner}/pets/{name}', {}, get),
      route('GET /owners/{owner}/pets', {}, query),
      route('POST /tables', {}, aws('dynamodb', 'DescribeTable', own)),
    ],
  })
}

const ask = async (path: string, body?: unknown) => {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': JSON_TYPE } }
  const response = await fetch(`${api.url}${path}`, init)
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: (await response.json()) as Readonly<Record<string, never>>,
  }
}

describe('DynamoDB behind the gateway', () => {
  it('keeps what is put, by templates', async () => {
    expect(await ask('/owners/alice/pets', { name: 'Rex', age: 7 })).toMatchObject({
      status: 201,
      json: { created: true },
    })
    const name = 'R"a\\x ä\n'
    expect((await ask('/owners/alice/pets', { name, age: 3 })).status).toBe(201)
    const found = await client.send(
      new GetItemCommand({ TableName: 'pets', Key: { owner: { S: 'alice' }, name: { S: 'Rex' } } }),
    )
    expect(found.Item).toEqual({ owner: { S: 'alice' }, name: { S: 'Rex' }, age: { N: '7' } })
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'pets' }))
    expect(Items.map((item) => item.name?.S)).toContain(name)
  })

  it('refuses what its condition does not allow, and the pattern chooses the answer', async () => {
    expect(await ask('/owners/alice/pets', { name: 'Rex', age: 8 })).toMatchObject({
      status: 409,
      json: { why: 'The conditional request failed' },
    })
  })

  it('gives what is there, by code', async () => {
    expect(await ask('/owners/alice/pets/Rex')).toMatchObject({ status: 200, json: { name: 'Rex', age: 7 } })
    expect(await ask('/owners/alice/pets/Tom')).toMatchObject({
      status: 404,
      json: { message: 'no such pet' },
    })
  })

  it('finds, by templates, and none of another’s', async () => {
    await ask('/owners/bob/pets', { name: 'Ace', age: 1 })
    await ask('/owners/bob/pets', { name: 'Bella', age: 2 })
    expect(await ask('/owners/bob/pets')).toMatchObject({
      status: 200,
      type: JSON_TYPE,
      json: {
        pets: [
          { name: 'Ace', age: 1 },
          { name: 'Bella', age: 2 },
        ],
      },
    })
    const injected = encodeURIComponent('x"}}, "TableName": "other')
    expect((await ask(`/owners/${injected}/pets`)).json).toEqual({ pets: [] })
  })

  it('is asked with the caller’s own body, where nothing is mapped', async () => {
    const found = await ask('/tables', { TableName: 'pets' })
    expect(found).toMatchObject({ status: 200, type: JSON_TYPE, json: { Table: { TableName: 'pets' } } })
    const missing = await ask('/tables', { TableName: 'none' })
    expect([missing.status, missing.json.__type]).toEqual([
      400,
      'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
    ])
  })
})
