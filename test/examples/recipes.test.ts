/**
 * `examples/recipes`: the README's recipes as programs. The README is where they are written; the tests write the files,
 * by `npx vitest run test/examples/recipes -u`, and run them the next time.
 */
import { readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { listenElsewhere, root, snippets } from '../snippets.js'
import '../../src/openapi.js'
import { recipesOf } from './recipe.js'

const recipes = recipesOf(snippets())
const folder = `${root}examples/recipes`
const printed: unknown[] = []
let close = () => {}

beforeAll(() => {
  close = listenElsewhere()
  vi.spyOn(console, 'log').mockImplementation((value) => printed.push(value))
})

beforeEach(() => {
  printed.length = 0
})

afterAll(() => {
  close()
  vi.restoreAllMocks()
})

describe('the recipe', () => {
  it.each(recipes)('$file is the README’s', async ({ file, program }) => {
    await expect(program).toMatchFileSnapshot(`${folder}/${file}`)
  })

  it.each(recipes)('$file prints what the README claims', { timeout: 20_000 }, async ({ file, claims }) => {
    await import(/* @vite-ignore */ pathToFileURL(`${folder}/${file}`).href)
    const claimed: unknown[] = claims.map((claim) => Function(`return (${claim})`)())
    // What the recipe prints beside is text for humans.
    expect(printed.filter((value) => typeof value !== 'string' || claimed.includes(value))).toEqual(claimed)
  })
})

const INTRODUCTION = `# Recipes

Those of the [README](../../README.md), as programs: \`node examples/recipes/api-keys.js\` prints what stands behind its
\`// =>\`. Those of frameworks listen on port 3000. The tests write these files: change the README.
`

it('every recipe has its file, and every file its recipe', async () => {
  const rows = recipes.map(({ file, title }) => `| [${file}](${file}) | ${title} |`)
  const table = ['| file | recipe |', '|---|---|', ...rows].join('\n')
  await expect(`${INTRODUCTION}\n${table}\n`).toMatchFileSnapshot(`${folder}/README.md`)
  expect(readdirSync(folder).sort()).toEqual(['README.md', ...recipes.map(({ file }) => file)].sort())
})
