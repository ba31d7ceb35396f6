/** What is wrong with an http() is found when the gateway is made. */
import { describe, expect, it } from 'vitest'
import { type HttpOptions, http } from '../../../src/http.js'
import { createGateway, DefinitionError, type GatewayDefinition, route } from '../../../src/index.js'
import { selfSigned } from '../../authorize/certificates.js'

type Url = Parameters<typeof http>[0]

/** The faults of one integration, as `path: message (CODE) fix`, without where it stands. */
function faults(
  url: Url,
  options: object = {},
  definition: Partial<GatewayDefinition> = {},
  pattern = 'ANY /pets/{id}/{proxy+}',
): string[] {
  try {
    createGateway({
      routes: [route(pattern as 'ANY /', {}, http(url, options as HttpOptions))],
      ...definition,
    } as never)
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.faults.map(
      ({ code, path, message, fix }) =>
        `${path.replace('routes[0].integration', '')}: ${message} (${code}) ${fix}`,
    )
  }
}

const HOST = `Write scheme, host and port as they are, or as \${stageVariables.name}.`
const FORM =
  "Write scheme, host and path, 'https://pets.internal/{proxy}', or a socket and the path, 'unix:/run/pets.sock:/pets'."

describe('a URL', () => {
  it('leads to a host over HTTP, or to a socket', () => {
    for (const url of [
      ...[
        'https://pets.internal',
        'http://10.0.0.5:8080/{id}?a={proxy}',
        'http://[::1]:80/',
        'unix:/run/p.sock',
      ],
      ...['unix:/run/p.sock:/v1/{proxy}', 'HTTPS://Pets.Internal/{proxy+}', 'https://x/ä b'],
    ])
      expect(faults(url), url).toEqual([])
  })

  it('that is none, is a fault', () => {
    const wrong = (url: string, authority: string) =>
      expect(faults(url), url).toEqual([
        `.url: '${authority}' is no host to be asked over HTTP (URL_INVALID) ${FORM}`,
      ])
    wrong('pets.internal/{proxy}', 'pets.internal')
    wrong('ftp://pets.internal/', 'ftp://pets.internal')
    wrong('https:///pets', 'https://')
    wrong('https://:80/pets', 'https://:80')
    wrong('https://a:99999/pets', 'https://a:99999')
    wrong('unix:run.sock', 'unix:run.sock')
    wrong('', '')
    wrong('/pets', '/pets')
    expect(faults('https://u:p@pets.internal/')).toEqual([
      ".url: a URL with a password in it (URL_INVALID) Map a header: { 'integration.request.header.authorization': \"'Basic …'\" }.",
    ])
    expect(faults('https://$stageVariables.host/')).toEqual([
      `.url: '$stageVariables.host' is no stage variable of a URL (VARIABLE_UNKNOWN) Write \${stageVariables.host}.`,
    ])
    expect(faults('https://pets.internal/#a')).toEqual([
      ".url: a '#', which no server is ever told of (URL_INVALID) Leave out what follows it.",
    ])
    expect(faults('https://pets.internal/{id')).toEqual([
      `.url: a '{' that is part of no parameter (URL_INVALID) Write {id} for a parameter of the path, \${stageVariables.name} for a stage variable.`,
    ])
    expect(faults(7 as never)).toEqual(['.url: 7 is not a URL (WRONG_TYPE) Write a URL as a string.'])
  })

  it('whose host a caller would choose, is a fault', () => {
    const chosen = (url: string, name = 'id') =>
      expect(faults(url), url).toEqual([
        `.url: '{${name}}' stands where the host is: callers would choose whom they are sent to (URL_INVALID) ${HOST}`,
      ])
    chosen('https://{id}/pets')
    chosen('https://pets.{id}.internal/')
    chosen('{id}://pets.internal/')
    chosen('https://pets.internal:{id}/')
    chosen('https://pets.internal{proxy}', 'proxy')
    chosen('{proxy}', 'proxy')
    chosen('unix:/run/{id}.sock:/pets')
    chosen('https://{id}@pets.internal/')
  })

  it('names parameters that the route has', () => {
    expect(faults('https://pets.internal/{ids}')).toEqual([
      ".url: the route's path has no parameter 'ids' (PARAMETER_UNKNOWN) Did you mean `id`?",
    ])
    expect(faults('https://pets.internal/{x}', {}, {}, 'GET /pets')).toEqual([
      ".url: the route's path has no parameter 'x' (PARAMETER_UNKNOWN) It has none.",
    ])
    const parameters = { 'integration.request.path.tenant': 'method.request.header.x-tenant' }
    expect(faults('https://pets.internal/{tenant}', { request: { parameters } })).toEqual([])
  })

  it('names variables that some stage has', () => {
    const stages = { prod: { variables: { host: 'a' } }, beta: { variables: { host: 'b' } } }
    expect(faults(`https://\${stageVariables.host}/`, {}, { stages })).toEqual([])
    expect(faults(`https://\${stageVariables.hosts}/`, {}, { stages })).toEqual([
      ".url: no stage has a variable 'hosts' (VARIABLE_UNKNOWN) Did you mean `host`?",
    ])
    expect(faults(`https://\${stageVariables.host}/`)).toEqual([
      ".url: no stage has a variable 'host' (VARIABLE_UNKNOWN) Give a stage one: stages: { prod: { variables: { … } } }.",
    ])
  })
})

describe('several upstreams', () => {
  it('have one path, and something that is called', () => {
    expect(faults(['https://a/x/{id}', { url: 'https://b', weight: 2 }, 'http://c/x/{id}'])).toEqual([])
    expect(faults(['https://a/x', 'https://b/y'])).toEqual([
      ".url[1]: another path than that of the first: '/y' (URL_INVALID) Leave its path out, or write '/x' in all of them.",
    ])
    expect(faults([])).toEqual([
      ".url: nothing that could be called (VALUE_INVALID) Name an upstream: ['https://pets.internal'].",
    ])
    expect(faults([{ url: 'https://a', weight: -1 }, { uri: 'x' } as never])).toEqual([
      '.url[0].weight: -1 is not a number of at least 0 (NUMBER_INVALID) Write a number of at least 0.',
      '.url[1].uri: `uri` is no field of an upstream (UNKNOWN_FIELD) Did you mean `url`?',
      '.url[1].url: an upstream needs `url` (REQUIRED) Add `url`.',
    ])
  })
})

describe('the options', () => {
  it('are told what is wrong with each of them', () => {
    const wrong: [object, string][] = [
      [{ timeout: 49 }, '.timeout: 49 is shorter than 50 ms (DURATION_INVALID)'],
      [{ timeout: '16m' }, ".timeout: '16m' is longer than 900000 ms (DURATION_INVALID)"],
      [
        { method: 'get' },
        ".method: 'get' is no method (METHOD_INVALID) Write it in upper case, 'GET', or 'ANY' for the caller's own.",
      ],
      [
        { methods: 'GET' },
        '.methods: `methods` is no field of the options of http() (UNKNOWN_FIELD) Did you mean `method`?',
      ],
      [
        { retries: { attempts: 11 } },
        '.retries.attempts: 11 is not an integer from 0 to 10 (NUMBER_INVALID)',
      ],
      [
        { retries: { statuses: [200] } },
        '.retries.statuses[0]: 200 is not an integer from 400 to 599 (NUMBER_INVALID)',
      ],
      [{ retries: true }, '.retries: true is not retries (WRONG_TYPE)'],
      [{ breaker: { cooldown: 0 } }, '.breaker.cooldown: 0 is shorter than 1 ms (DURATION_INVALID)'],
      [{ health: {} }, '.health.path: health checks need `path` (REQUIRED)'],
      [
        { health: { path: 'health' } },
        ".health.path: 'health' is not a path (NAME_INVALID) Write one that begins with '/'.",
      ],
      [{ outliers: { most: 2 } }, '.outliers.most: 2 is not a number from 0 to 1 (NUMBER_INVALID)'],
      [{ connections: 0 }, '.connections: 0 is not an integer from 1 to 65536 (NUMBER_INVALID)'],
      [{ keepAlive: true }, '.keepAlive: true is no duration (DURATION_INVALID)'],
      [
        { tls: { ca: '/etc/ca.pem' } },
        ".tls.ca: '/etc/ca.pem' is no PEM (VALUE_INVALID) Give the text itself, '-----BEGIN …': readFileSync(path, 'utf8').",
      ],
      [{ tls: { insecure: true } }, '.tls.insecure: `insecure` is no field of TLS options (UNKNOWN_FIELD)'],
      [
        { vpcLink: 'orders' },
        ".vpcLink: there is no VPC link 'orders' (VPC_LINK_UNKNOWN) The definition has no `vpcLinks`.",
      ],
      [{ via: 'a b' }, ".via: 'a b' is not a name (NAME_INVALID)"],
      [{ http2: 'yes' }, ".http2: 'yes' is not a boolean (WRONG_TYPE)"],
      [
        { request: { parameters: { 'integration.request.header.host': 'method.request.header.host' } } },
        ".request.parameters['integration.request.header.host']: the host would be the caller's to choose (MAPPING_INVALID)",
      ],
    ]
    for (const [options, fault] of wrong) {
      const found = faults('https://pets.internal', options)
      expect(found).toHaveLength(1)
      expect(found[0]?.startsWith(fault), found[0]).toBe(true)
    }
    const [one, other] = [selfSigned('CN=one'), selfSigned('CN=other')]
    expect(faults('https://x', { tls: { ca: one.pem, cert: one.pem, key: one.keyPem } })).toEqual([])
    const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    const unfit: [tls: object, words: RegExp][] = [
      [{ cert: one.pem, key: other.keyPem }, /^\.tls: these cannot be used: .*key values mismatch/],
      [{ cert: BROKEN, key: one.keyPem }, /^\.tls: these cannot be used: /],
      [{ ca: BROKEN }, /^\.tls: these cannot be used: /],
      [{ ca: one.keyPem }, /^\.tls: these cannot be used: /],
      [{ cert: one.pem }, /^\.tls: a `cert` is of no use alone \(REQUIRED\) Give its `key`, too\.$/],
    ]
    for (const [tls, words] of unfit)
      expect(faults('https://x', { tls })).toEqual([expect.stringMatching(words)])
    const vpcLinks = { orders: { targets: ['http://10.0.0.1'] } }
    expect(faults('https://x', { vpcLink: 'order' }, { vpcLinks })[0]).toContain('Did you mean `orders`?')
  })

  it('say nothing that would not be done', () => {
    const unmapped =
      'everything is passed on, and this would map it (VALUE_INVALID) Leave `proxy` out, or the mapping.'
    const request = { templates: { 'application/json': '{}' }, passthroughBehavior: 'NEVER' }
    expect(faults('https://x', { proxy: true, request, responses: [{}] })).toEqual([
      `.request.templates: ${unmapped}`,
      `.request.passthroughBehavior: ${unmapped}`,
      `.responses: ${unmapped}`,
    ])
    expect(faults('https://x', { proxy: true, request: () => ({}) })).toEqual([`.request: ${unmapped}`])
    expect(faults('https://x', { proxy: true, request: { passthroughBehavior: 'WHEN_NO_MATCH' } })).toEqual(
      [],
    )
  })

  it('are all told of at once', () => {
    expect(faults('https://{id}/{nope}', { timeout: 1, method: 'x' })).toHaveLength(4)
  })
})
