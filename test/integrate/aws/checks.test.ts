/** What is wrong with an integration of a service is found when the gateway is made. */
import { createGateway, DefinitionError, route } from 'postern'
import { aws } from 'postern/aws'
import { describe, expect, it } from 'vitest'

/** Path, code, message and fix of each fault. */
function faultsOf(
  service: unknown,
  action: unknown,
  options: object = {},
  stages: object = { prod: {} },
): string[] {
  try {
    const integration = aws(service as string, action as string, options)
    createGateway({ routes: [route('GET /pets/{id}', {}, integration)], stages: stages as never })
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.faults.map(
      ({ path, code, message, fix }) =>
        `${path.replace('routes[0].integration', '')} ${code}: ${message} | ${fix}`,
    )
  }
}

const parameters = (target: string, source: string) => ({
  request: { parameters: { [`integration.request.${target}`]: source } },
})

describe('aws()', () => {
  it.each<[string, unknown, object?]>([
    ['dynamodb', 'GetItem'],
    ['sns', 'Publish', { method: 'GET' }],
    ['s3', { path: 'bucket/{id}' }],
    ['s3', { path: 'bucket/{key}' }, parameters('path.key', 'method.request.querystring.key')],
    ['s3', { path: 'bucket/{key}' }, { request: () => ({ path: { key: 'a' } }) }],
    ['snowball', 'ListJobs', { target: 'AWSIESnowballJobManagementService', jsonVersion: '1.1' }],
    ['docdb', 'DescribeDBClusters', { apiVersion: '2014-10-31', signingName: 'rds' }],
    ['sqs', 'SendMessage', { apiVersion: '2012-11-05' }],
    ['events', { path: '/' }, parameters('header.X-Amz-Target', "'AWSEvents.PutEvents'")],
    [
      's3',
      { path: 'key' },
      { subdomain: 'my.bucket', method: 'GET', timeout: '5s', retries: { attempts: 1 } },
    ],
    [
      'sqs',
      'SendMessage',
      { endpoint: 'http://localhost:4566', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    ],
  ])('may be of %s, %j, %j', (service, action, options) => {
    expect(faultsOf(service, action, options)).toEqual([])
  })

  it.each<[string, unknown, unknown, object, string]>([
    [
      'no service',
      undefined,
      'GetItem',
      {},
      '.service REQUIRED: the options of aws() need `service` | Add `service`.',
    ],
    [
      'another spelling of a service',
      'DynamoDB',
      'GetItem',
      {},
      ".service NAME_INVALID: 'DynamoDB' is not the name of a service | Write one such as 'dynamodb'.",
    ],
    [
      'an unknown service',
      'snowball',
      'ListJobs',
      {},
      ".service VALUE_INVALID: nothing is known of the service 'snowball' | Say how it is spoken to: `target` ('DynamoDB_20120810'), `apiVersion` ('2010-03-31'), or { path: '…' }.",
    ],
    [
      'a misspelt service',
      'dynamdb',
      'GetItem',
      {},
      ".service VALUE_INVALID: nothing is known of the service 'dynamdb' | Did you mean `dynamodb`?",
    ],
    [
      'no action',
      'dynamodb',
      undefined,
      {},
      '.action REQUIRED: the options of aws() need `action` | Add `action`.',
    ],
    [
      'a number as action',
      'dynamodb',
      7,
      {},
      ".action WRONG_TYPE: 7 is no action | Write an action, 'GetItem', or a path, { path: 'my-bucket/{key}' }.",
    ],
    [
      'a path as action',
      's3',
      'my-bucket/{key}',
      {},
      ".action NAME_INVALID: 'my-bucket/{key}' is no action | Write an action, 'GetItem', or a path, { path: 'my-bucket/{key}' }.",
    ],
    [
      'an action of paths',
      's3',
      'GetObject',
      {},
      ".action VALUE_INVALID: 's3' is called by paths, and not by actions | Write its path, as its own API has it: { path: 'my-bucket/{key}' }.",
    ],
    [
      'a method of JSON',
      'dynamodb',
      'GetItem',
      { method: 'GET' },
      '.method VALUE_INVALID: means nothing to an action of JSON, which is a POST | Leave it out.',
    ],
    [
      'two protocols',
      'x',
      'Y',
      { target: 'X', apiVersion: '2010-01-01' },
      '.apiVersion VALUE_INVALID: means nothing to an action of JSON | Leave it out.',
    ],
    [
      'a target of a path',
      's3',
      { path: 'a' },
      { target: 'X' },
      '.target VALUE_INVALID: means nothing to a service that is called by its path | Leave it out.',
    ],
    [
      'an unknown parameter',
      's3',
      { path: 'bucket/{ids}' },
      {},
      ".action.path PARAMETER_UNKNOWN: neither the route's path nor the mapping has a parameter 'ids' | Did you mean `id`?",
    ],
    [
      'an unknown variable',
      's3',
      { path: 'a' },
      { subdomain: `\${stageVariables.bucket}` },
      ".subdomain VARIABLE_UNKNOWN: stage variable 'bucket' does not exist on stage 'prod' | Give it: stages: { prod: { variables: { bucket: '…' } } }.",
    ],
    [
      'an unknown variable in a path',
      's3',
      { path: `\${stageVariables.bucket}/a` },
      {},
      ".action.path VARIABLE_UNKNOWN: stage variable 'bucket' does not exist on stage 'prod' | Give it: stages: { prod: { variables: { bucket: '…' } } }.",
    ],
    [
      'a host as subdomain',
      's3',
      { path: 'a' },
      { subdomain: 'evil.example/' },
      ".subdomain VALUE_INVALID: 'evil.example/' is no subdomain | Write one such as 'my-bucket'.",
    ],
    [
      'no method',
      's3',
      { path: 'a' },
      { method: 'get' },
      ".method METHOD_INVALID: 'get' is no method | Write it in upper case: 'GET'.",
    ],
    [
      'no version',
      'x',
      'Y',
      { apiVersion: '1' },
      ".apiVersion VALUE_INVALID: '1' is not a version | Write one such as '2010-03-31'.",
    ],
    [
      'a mapped host',
      'sns',
      'Publish',
      parameters('header.X-Amz-Date', "'now'"),
      ".request.parameters['integration.request.header.X-Amz-Date'] MAPPING_INVALID: 'X-Amz-Date' is the signature's own | Leave it out.",
    ],
    [
      'a mapped action',
      'events',
      'PutEvents',
      parameters('header.X-Amz-Target', "'AWSEvents.PutRule'"),
      ".request.parameters['integration.request.header.X-Amz-Target'] MAPPING_INVALID: the action says it already | Leave it out.",
    ],
    [
      'a caller’s action',
      'events',
      { path: '/' },
      parameters('header.X-Amz-Target', 'method.request.header.x-target'),
      ".request.parameters['integration.request.header.X-Amz-Target'] MAPPING_INVALID: the action would be the caller's to choose | Write a constant, \"'AWSEvents.PutEvents'\", or a stage variable.",
    ],
  ])('cannot have %s', (_, service, action, options, fault) => {
    expect(faultsOf(service, action, options)).toEqual([fault])
  })
})

it('a secret in the place of the access key id is in no message', () => {
  const credentials = { accessKeyId: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', secretAccessKey: 'AKIA' }
  expect(faultsOf('sqs', 'SendMessage', { credentials })).toEqual([
    ".credentials.accessKeyId NAME_INVALID: this is not an access key id | Write one such as 'AKIA…': no slash, no space.",
  ])
})
