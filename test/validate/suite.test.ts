/**
 * The JSON Schema Test Suite, through the gateway's own validator. The npm package `json-schema-test-suite` carries the
 * files of draft-04; where Debian's package of the same name is installed, its newer ones and those of draft-07 run too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonSchema, Model } from '../../src/schema.js'
import { Models, modelFaults } from '../../src/validate/models.js'

interface Group {
  readonly description: string
  readonly schema: JsonSchema | boolean
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

const DEBIAN = '/usr/share/json-schema-test-suite'

function npmRoot(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('json-schema-test-suite/package.json'))
  } catch {
    return undefined
  }
}

/** What the validator says otherwise, and why. */
const OTHERWISE: readonly (readonly [row: RegExp, reason: string])[] = [
  [
    /zeroTerminatedFloats.* a float is not an integer even without fractional part$/,
    'JSON.parse makes 1.0 and 1 the same number; later drafts call both an integer',
  ],
  [
    /optional\/format.* a valid protocol-relative URI$/,
    'withdrawn from the suite: `//host` is a reference, RFC 3986 wants a scheme in a URI',
  ],
  [
    /optional\/content\.json/,
    '`contentEncoding` and `contentMediaType` are annotations here, as later drafts have them',
  ],
  [/optional\/format\/i(?:dn|ri)/, 'formats of international names are not known, and unknown formats pass'],
]

/** Schemas that are no objects cannot be models. */
const isModel = ({ schema }: Group) => typeof schema === 'object'

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** What the suite would have fetched are models here, with the address as their id. */
function remotes(root: string, draft: JsonSchema, id: 'id' | '$id'): readonly [string, Model][] {
  const names = ['integer', 'subSchemas', 'name', 'folder/folderInteger']
  return names
    .filter((name) => existsSync(join(root, 'remotes', `${name}.json`)))
    .map((name) => {
      const schema = read<JsonSchema>(join(root, 'remotes', `${name}.json`))
      return [name, { ...draft, ...schema, [id]: `http://localhost:1234/${name}.json` }]
    })
}

/** One line for each row on which suite and validator do not agree. */
async function disagreements(
  root: string,
  draft: 'draft4' | 'draft7',
): Promise<{ rows: number; wrong: string[] }> {
  const stated: JsonSchema = draft === 'draft7' ? { $schema: 'http://json-schema.org/draft-07/schema#' } : {}
  const known = remotes(root, stated, draft === 'draft4' ? 'id' : '$id')
  const folder = join(root, 'tests', draft)
  const wrong: string[] = []
  let rows = 0
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.json')) continue
    for (const group of read<Group[]>(join(folder, file)).filter(isModel)) {
      const tested: Model = { ...stated, ...(group.schema as JsonSchema) }
      const models = new Map<string, Model>([...known, ['Tested', tested]])
      const faults = modelFaults(models)
      const validate = faults.length > 0 ? undefined : new Models(models).validator('Tested')
      for (const { description, data, valid } of group.tests) {
        rows++
        const said = validate === undefined ? faults[0] : (await validate(data)).faults === undefined
        if (said !== valid) wrong.push(`${file}: ${group.description}: ${description}`)
      }
    }
  }
  return { rows, wrong }
}

const unexplained = (wrong: readonly string[]) =>
  wrong.filter((row) => !OTHERWISE.some(([known]) => known.test(row)))

describe('the JSON Schema Test Suite', () => {
  const npm = npmRoot()

  test.skipIf(npm === undefined && process.env.CI !== 'true')(
    'of draft-04 passes',
    { timeout: 60_000 },
    async () => {
      const { rows, wrong } = await disagreements(npm ?? '', 'draft4')
      expect(rows).toBeGreaterThan(290)
      expect(unexplained(wrong)).toEqual([])
      expect(wrong).toHaveLength(2)
    },
  )

  describe.skipIf(!existsSync(DEBIAN))('in its newer version', () => {
    test('of draft-04 passes', { timeout: 60_000 }, async () => {
      const { rows, wrong } = await disagreements(DEBIAN, 'draft4')
      expect(rows).toBeGreaterThan(370)
      expect(unexplained(wrong)).toEqual([])
    })

    test('of draft-07 passes', { timeout: 60_000 }, async () => {
      const { rows, wrong } = await disagreements(DEBIAN, 'draft7')
      expect(rows).toBeGreaterThan(500)
      expect(unexplained(wrong)).toEqual([])
    })
  })
})
