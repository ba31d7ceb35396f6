/** What is given to the functions that read and write documents by mistake: each is told with what would be right. */
import { DefinitionError } from 'postern'
import { fromOpenApi, toOpenApi } from 'postern/openapi'
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
    ['another document', '{ "name": "a" }', /^#\/openapi: it does not say which version of OpenAPI/],
  ])('says what is wrong with %s', (_, document, words) => {
    expect(faultsOf(() => fromOpenApi(document as string))).toEqual([expect.stringMatching(words)])
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
})
