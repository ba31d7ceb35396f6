/**
 * The mapping templates that AWS's developer guide shows, with what it says becomes of them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
 */
import { describe, expect, it } from 'vitest'
import { createGateway, route } from '../../../src/index.js'
import { send, testClock } from '../../../src/testing.js'
import { JSON_TYPE, mapped, rendered, type Told, templates } from './support.js'

const photo = (id: string, owner: string, title: string, farm: number) => ({
  id,
  owner,
  secret: 'abc123d456',
  server: '1234',
  farm,
  title,
  ispublic: 1,
  isfriend: 0,
  isfamily: 0,
})

const PHOTOS = {
  photos: {
    page: 1,
    pages: '1234',
    perpage: 100,
    total: '123398',
    photo: [
      photo('12345678901', '23456789@A12', 'Sample photo 1', 1),
      photo('23456789012', '34567890@B23', 'Sample photo 2', 2),
    ],
  },
}

describe('a documented template', () => {
  it('passes photos on', async () => {
    const template = `#set($inputRoot = $input.path('$'))
{
  "photos": {
    "page": $inputRoot.photos.page,
    "pages": "$inputRoot.photos.pages",
    "perpage": $inputRoot.photos.perpage,
    "total": "$inputRoot.photos.total",
    "photo": [
#foreach($elem in $inputRoot.photos.photo)
      {
        "id": "$elem.id",
        "owner": "$elem.owner",
        "secret": "$elem.secret",
        "server": "$elem.server",
        "farm": $elem.farm,
        "title": "$elem.title",
        "ispublic": $elem.ispublic,
        "isfriend": $elem.isfriend,
        "isfamily": $elem.isfamily
      }#if($foreach.hasNext),#end
			
#end
    ]
  }
}`
    expect(JSON.parse(await rendered(template, { body: PHOTOS }))).toEqual(PHOTOS)
  })

  it('makes photos into fewer fields', async () => {
    const template = `#set($inputRoot = $input.path('$'))
{
  "photos": [
#foreach($elem in $inputRoot.photos.photo)
    {
      "id": "$elem.id",
      "owner": "$elem.owner",
      "title": "$elem.title",
      "ispublic": $elem.ispublic,
      "isfriend": $elem.isfriend,
      "isfamily": $elem.isfamily
    }#if($foreach.hasNext),#end
		
#end
  ]
}`
    const open = { ispublic: 1, isfriend: 0, isfamily: 0 }
    expect(JSON.parse(await rendered(template, { body: PHOTOS }))).toEqual({
      photos: [
        { id: '12345678901', owner: '23456789@A12', title: 'Sample photo 1', ...open },
        { id: '23456789012', owner: '34567890@B23', title: 'Sample photo 2', ...open },
      ],
    })
  })

  it('makes an inventory into choices, as an answer', async () => {
    const bins = [
      { category: 'fruit', type: 'apples', price: 1.99, unit: 'pound', quantity: 232 },
      { category: 'fruit', type: 'bananas', price: 0.19, unit: 'each', quantity: 112 },
      { category: 'vegetables', type: 'carrots', price: 1.29, unit: 'bag', quantity: 57 },
    ]
    const template = `#set($inputRoot = $input.path('$'))
{
  "choices": [
#foreach($elem in $inputRoot.bins)
    {
      "kind": "$elem.type",
      "suggestedPrice": "$elem.price per $elem.unit",
      "available": $elem.quantity
    }#if($foreach.hasNext),#end
            
#end
  ]
}`
    const integration = mapped({
      result: { body: JSON.stringify({ department: 'produce', bins }) },
      responses: [{ templates: templates(template) }],
    })
    const gateway = createGateway({ routes: [route('GET /bins', {}, integration)] })
    const sent = await send(gateway, 'GET /bins')
    expect(sent.headers['content-type']).toBe(JSON_TYPE)
    expect(sent.json()).toEqual({
      choices: [
        { kind: 'apples', suggestedPrice: '1.99 per pound', available: 232 },
        { kind: 'bananas', suggestedPrice: '0.19 per each', available: 112 },
        { kind: 'carrots', suggestedPrice: '1.29 per bag', available: 57 },
      ],
    })
  })

  it('uses all three functions of $input', async () => {
    const template = `{
    "id" : "$input.params('id')",
    "count" : "$input.path('$.things').size()",
    "things" : $input.json('$.things')
}`
    const integration = mapped({ request: { templates: templates(template) } })
    const gateway = createGateway({ routes: [route('POST /things/{id}', {}, integration)] })
    const things = { '1': {}, '2': {}, '3': {} }
    const sent = await send(gateway, 'POST /things/abc', { json: { things } })
    expect(JSON.parse((sent.json() as Told).body)).toEqual({ id: 'abc', count: '3', things })
  })

  it('passes all parameters on', async () => {
    const template = `#set($allParams = $input.params())
{
  "params" : {
    #foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type" : {
      #foreach($paramName in $params.keySet())
      "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
      #if($foreach.hasNext),#end
      #end
    }
    #if($foreach.hasNext),#end
    #end
  }
}`
    const integration = mapped({ request: { templates: templates(template) } })
    const gateway = createGateway({ routes: [route('GET /things/{id}', {}, integration)] })
    const sent = await send(gateway, 'GET /things/a%22b?q=1%2B1&q=%0A', { headers: { 'X-Tag': 'say "hi"' } })
    expect(JSON.parse((sent.json() as Told).body)).toMatchObject({
      params: { path: { id: 'a"b' }, querystring: { q: '\n' }, header: { 'x-tag': 'say "hi"' } },
    })
  })

  it('looks into JSON within JSON', async () => {
    const template = `#set ($errorMessageObj = $util.parseJson($input.path('$.errorMessage')))
{
   "errorMessageObjKey2ArrVal" : $errorMessageObj.key2.arr[0]
}`
    const body = { errorMessage: JSON.stringify({ key1: 'var1', key2: { arr: [1, 2, 3] } }) }
    expect(JSON.parse(await rendered(template, { body }))).toEqual({ errorMessageObjKey2ArrVal: 1 })
  })

  it('turns escaped single quotes back', async () => {
    const template = `{"text": "$util.escapeJavaScript($input.path('$.text')).replaceAll("\\\\'","'")"}`
    const text = `it's "quoted" \\ and\nbroken`
    expect(JSON.parse(await rendered(template, { body: { text } }))).toEqual({ text })
  })

  it('overrides the status of an answer by its body', async () => {
    const template = `#set($inputRoot = $input.path('$'))
$input.json("$")
#if($inputRoot.toString().contains("error"))
#set($context.responseOverride.status = 400)
#end`
    const errors = [{ key: 'GetPetRequest.petId', message: 'The value is out of range.' }]
    const integration = mapped({
      result: { body: JSON.stringify({ errors }) },
      responses: [{ statusCode: '200', templates: templates(template) }],
    })
    const gateway = createGateway({ routes: [route('GET /pets/{petId}', {}, integration)] })
    const sent = await send(gateway, 'GET /pets/-1')
    expect([sent.status, sent.json()]).toEqual([400, { errors }])
  })

  it('overrides a header by two others', async () => {
    const template = `#set($header1Override = "foo")
#set($header3Value = "$!header1Override$input.params('header2')")
$input.json("$")
#set($context.requestOverride.header.header3 = $header3Value)
#set($context.requestOverride.header.header1 = $header1Override)
#set($context.requestOverride.header.multivalueheader=[$header1Override, $header3Value])`
    const parameters = {
      'integration.request.header.header1': 'method.request.header.header1',
      'integration.request.header.header2': 'method.request.header.header2',
    }
    const integration = mapped({ request: { parameters, templates: templates(template) } })
    const gateway = createGateway({ routes: [route('GET /pets', {}, integration)] })
    const sent = await send(gateway, 'GET /pets', {
      headers: { header1: 'header1Val', header2: 'header2Val' },
    })
    expect((sent.json() as Told).headers).toEqual([
      'header2',
      'header2Val',
      'header3',
      'fooheader2Val',
      'header1',
      'foo',
      'multivalueheader',
      'foo',
      'multivalueheader',
      'fooheader2Val',
      'content-type',
      JSON_TYPE,
    ])
  })

  it('speaks of the context', async () => {
    const template = `{
    "stage" : "$context.stage",
    "request_id" : "$context.requestId",
    "api_id" : "$context.apiId",
    "resource_path" : "$context.resourcePath",
    "resource_id" : "$context.resourceId",
    "http_method" : "$context.httpMethod",
    "source_ip" : "$context.identity.sourceIp",
    "user-agent" : "$context.identity.userAgent",
    "account_id" : "$context.identity.accountId",
    "api_key" : "$context.identity.apiKey",
    "caller" : "$context.identity.caller",
    "time" : "$context.requestTime",
    "epoch" : $context.requestTimeEpoch,
    "path" : "$context.path",
    "protocol" : "$context.protocol",
    "host" : "$context.domainName $context.domainPrefix",
    "variable" : "$stageVariables.who \${stageVariables['who']} $stageVariables.get('who')"
}`
    const integration = mapped({ request: { templates: templates(template) } })
    const gateway = createGateway({
      routes: [route('GET /pets/{petId}', { apiKey: true }, integration)],
      stages: { prod: { variables: { who: 'world' } } },
      plans: { free: {} },
      api: 'abcd1234',
      clock: testClock('2015-04-09T12:34:56.789Z'),
      ids: () => '11111111-2222-4333-8444-555555555555',
    })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const headers = { 'user-agent': 'curl/7.84.0', host: 'api.example.com' }
    const sent = await send(gateway, 'GET /prod/pets/7?a=b', {
      apiKey: value,
      headers,
      sourceIp: '192.0.2.1',
    })
    expect(JSON.parse((sent.json() as Told).body)).toEqual({
      stage: 'prod',
      request_id: '11111111-2222-4333-8444-555555555555',
      api_id: 'abcd1234',
      resource_path: '/pets/{petId}',
      resource_id: '/pets/{petId}',
      http_method: 'GET',
      source_ip: '192.0.2.1',
      'user-agent': 'curl/7.84.0',
      account_id: '',
      api_key: value,
      caller: '',
      time: '09/Apr/2015:12:34:56 +0000',
      epoch: Date.UTC(2015, 3, 9, 12, 34, 56, 789),
      path: '/prod/pets/7',
      protocol: 'HTTP/1.1',
      host: 'api.example.com api',
      variable: 'world world world',
    })
  })
})
