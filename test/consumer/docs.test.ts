/** The API reference is generated of the docstrings; every link in it, and in what is written by hand, leads somewhere. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import tsconfig from '../../tsconfig.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What is code is no text. */
function prose(markdown: string): string {
  return markdown
    .replace(/^(`{3,}|~{3,}).*\n[\s\S]*?^\1/gm, '')
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (code) => code.replace(/[[\]()#]/g, '_'))
}

/** The targets of its links, images among them. */
function links(markdown: string): string[] {
  return [...prose(markdown).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, to = '']) => to)
}

/** The anchors of its headings, as GitHub makes them, and those that are written out. */
function anchors(markdown: string): Set<string> {
  const found = new Map<string, number>()
  const text = markdown.replace(/^(`{3,}|~{3,}).*\n[\s\S]*?^\1/gm, '')
  for (const [, heading = ''] of text.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-')
    found.set(slug, (found.get(slug) ?? -1) + 1)
  }
  const numbered = [...found].flatMap(([slug, most]) =>
    Array.from({ length: most + 1 }, (_, index) => (index === 0 ? slug : `${slug}-${index}`)),
  )
  return new Set([...numbered, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)])
}

/** Links of a file that lead nowhere. */
function broken(file: string, read: (path: string) => string | undefined): string[] {
  return links(read(file) ?? '').filter((to) => {
    if (/^[a-z][a-z\d+.-]*:/i.test(to)) return !/^https:\/\/[\w.-]+\.\w/.test(to) || !URL.canParse(to)
    const [path = '', anchor] = to.split('#')
    const target = path === '' ? file : resolve(dirname(file), decodeURIComponent(path))
    const there = read(target)
    if (there === undefined) return true
    return anchor !== undefined && target.endsWith('.md') && !anchors(there).has(decodeURIComponent(anchor))
  })
}

/** The text of a file, `''` of a folder, `undefined` where there is neither. */
function textOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  return path.endsWith('.md') ? readFileSync(path, 'utf8') : ''
}

async function markdownIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name))
}

const brokenIn = (folder: string, files: readonly string[]) =>
  files.flatMap((file) => broken(file, textOf).map((to) => `${relative(folder, file)}: ${to}`))

describe('the API reference', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-docs-'))
    const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc')
    // Rejects for what typedoc warns of: a public name without a docstring, a link to nothing, a type that is kept back.
    await promisify(execFile)(process.execPath, [typedoc, '--out', folder], { cwd: ROOT })
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('has a page for each subpath', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8')
    for (const name of Object.keys(tsconfig.compilerOptions.paths).filter((path) =>
      path.startsWith('postern'),
    )) {
      expect(index).toContain(`[${name}](${name}/README.md)`)
    }
  })

  it('leads nowhere that is not there', async () => {
    const files = await markdownIn(folder)
    expect(files.length).toBeGreaterThan(100)
    expect(brokenIn(folder, files)).toEqual([])
  })
})

describe('what is written by hand', () => {
  it('leads nowhere that is not there', async () => {
    const own = (await readdir(ROOT)).filter((name) => name.endsWith('.md')).map((name) => join(ROOT, name))
    const files = [...own, ...(await markdownIn(join(ROOT, 'bench')))]
    expect(files.length).toBeGreaterThan(4)
    expect(brokenIn(ROOT, files)).toEqual([])
  })
})

describe('the check of links', () => {
  const pages: Record<string, string> = {
    '/a.md': '# The `a`\n\n## Why, though?\n## Twice\n## Twice\n```\n# no heading\n[no](link.md)\n```\n',
    '/b.md': '# B',
  }
  const check = (to: string) =>
    broken('/x.md', (path) =>
      path === '/x.md' ? `see [there](${to}), not \`[here](gone.md)\`` : pages[path],
    )

  it.each(['a.md', './b.md#b', 'a.md#the-a', 'a.md#why-though', 'a.md#twice-1', 'https://example.com/x?y#z'])(
    'is content with %s',
    (to) => {
      expect(check(to)).toEqual([])
    },
  )

  it.each([
    'gone.md',
    'a.md#gone',
    'a.md#twice-2',
    'a.md#no-heading',
    '#nothing',
    'http://example.com',
    'https://nowhere',
  ])('reports %s', (to) => {
    expect(check(to)).toEqual([to])
  })
})
