/** What is given to the functions that read and write documents by mistake: each is told with what would be right. */
import { createGateway, DefinitionError, route } from 'postern'
import { mock } from 'postern/mock'
import { fromCloudFormation, fromOpenApi, toOpenApi } from 'postern/openapi'
import { send } from 'postern/testing'
import { describe, expect, it } from 'vitest'

const DOCUMENT = "openapi: 3.0.3\ninfo: { title: a, version: '1' }\npaths: {}\n"

function faultsOf(call: () => unknown): string[] {
  try {
    call()
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.faults.map(({ path, message, fix }) => `${path}: ${message} | ${fix}`)
  }
}

describe('fromOpenApi', () => {
  it.each<[string, unknown, RegExp]>([
    ['no text', '', /^#: an empty text names no file \| Give a file's path, or the text itself\.$/],
    ['an empty one', ' \n', /^#: there is nothing in it \| Write a document\.$/],
    ['a promise', Promise.resolve(DOCUMENT), /^#: a promise, which nobody has awaited, is no API definition/],
    ['a number', 7, /^#: a number is no API definition/],
    [
      'a file that is not there',
      './nowhere.yaml',
      /^#: cannot be read: ENOENT.* from the working directory on/,
    ],
    [
      'broken JSON',
      '{\n  "openapi": "3.0.3",\n  oops }',
      /^#: is no JSON at line 3, column 3: |\(line 3 column 3\)/,
    ],
    [
      'a path that is there twice in JSON',
      '{ "openapi": "3.0.3", "paths": { "/a": { "get": {} }, "/a": {} } }',
      /^#\/paths\/~1a: it is there twice \| Keep one of them\.$/,
    ],
    ['two documents in one', `${DOCUMENT}---\n${DOCUMENT}`, /^#: is no YAML at line 4.*multiple documents/],
    ['another document', '{ "name": "a" }', /^#\/openapi: it does not say which version of OpenAPI/],
  ])('says what is wrong with %s', (_, document, words) => {
    expect(faultsOf(() => fromOpenApi(document as string))).toEqual([expect.stringMatching(words)])
  })

  it('says no more than can be read', () => {
    const [words = ''] = faultsOf(() =>
      fromOpenApi({ openapi: '3.0.3', paths: { ['a'.repeat(1e6)]: { get: {} } } }),
    )
    expect([words.length < 4_000, words.length > 100]).toEqual([true, true])
  })

  it.each([
    [{ style: 'deepObject', explode: true }, '/p?q[a]=1'],
    [{ required: true, style: 'deepObject' }, '/p?q%5Ba%5D=1'],
    [{ required: true }, '/p?a=1'],
  ])('asks for no parameter %j by a name that nobody sends', async (given, target) => {
    const parameter = { name: 'q', in: 'query', schema: { type: 'object' }, ...given }
    const paths = { '/p': { get: { parameters: [parameter], responses: {} } } }
    const info = { title: 'a', version: '1' }
    const document = { openapi: '3.0.3', info, paths }
    const read = fromOpenApi(document, { validate: 'all' })
    expect(read.warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/: it is not checked$/),
    )
    const app = () => new Response('ok')
    const gateway = createGateway(read.definition)
    expect((await send(gateway, `GET ${target}`, { app })).status).toBe(200)
  })

  it.each([
    [{ variabels: {} }, 'options.variabels: there is no option `variabels` | Did you mean `variables`?'],
    [
      { integrations: 'upstram' },
      "options.integrations: 'upstram' is none of its values | Write 'upstream'.",
    ],
    [{ validate: true }, "options.validate: true is none of its values | Write 'all', 'document', 'none'."],
  ])('says what is wrong with the options %j', (options, words) => {
    expect(faultsOf(() => fromOpenApi(DOCUMENT, options as object))).toEqual([words])
  })
})

describe('toOpenApi', () => {
  const { definition } = fromOpenApi(DOCUMENT)

  it.each([
    [{ version: '2' }, "options.version: '2' is none of its values | Write '2.0', '3.0', '3.1'."],
    [{ format: 'yml' }, "options.format: 'yml' is none of its values | Write 'yaml'."],
    [{ formt: 'yaml' }, 'options.formt: there is no option `formt` | Did you mean `format`?'],
  ])('says what is wrong with the options %j', (options, words) => {
    expect(faultsOf(() => toOpenApi(definition, options as object))).toEqual([words])
  })

  it('says so where it is given nothing', () => {
    expect(faultsOf(() => toOpenApi(undefined as never))).toEqual([
      '#: nothing is no definition | Give a definition, or a gateway.',
    ])
  })

  it('writes texts of several lines so that they are read again as they were', () => {
    const text = `a\n  b ${'x'.repeat(90)}\n   \nd\n\n  e`
    const written = (definition: Parameters<typeof toOpenApi>[0]) =>
      toOpenApi(definition, { format: 'yaml' }).text
    const once = written({
      routes: [route('GET /a', {}, mock({ responses: [{ templates: { 'text/plain': text } }] }))],
    })
    expect(toOpenApi(fromOpenApi(once).definition).text).toContain(JSON.stringify(text))
  })
})

describe('fromCloudFormation', () => {
  const resources = 'Resources: { X: { Type: AWS::ApiGateway::RestApi, Properties: { Name: x } } }\n'

  it.each([
    ['MyMacro', "'MyMacro'"],
    ['[AWS::Serverless-2016-10-31, MyMacro]', "'MyMacro'"],
    ['{ Name: AWS::Include, Parameters: { Location: x } }', "'AWS::Include'"],
  ])('refuses the macro of Transform: %s', (transform, name) => {
    const faults = faultsOf(() => fromCloudFormation(`Transform: ${transform}\n${resources}`))
    expect(faults).toEqual([expect.stringContaining(`#/Transform: the macro ${name} does not run here`)])
  })

  it.each([
    [{ functons: {} }, 'options.functons: there is no option `functons` | Did you mean `functions`?'],
    [
      { pseudo: { regoin: 'x' } },
      'options.pseudo.regoin: there is no option `regoin` | Did you mean `region`?',
    ],
  ])('says what is wrong with the options %j', (options, words) => {
    expect(faultsOf(() => fromCloudFormation(resources, options as object))).toEqual([words])
  })

  it('takes those of AWS’s that make nothing of an API', () => {
    expect(faultsOf(() => fromCloudFormation(`Transform: AWS::LanguageExtensions\n${resources}`))).toEqual([])
  })
})
