/** What an import brings along: followed through the source, by what it says. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** The packages that are loaded with a file, at once. What only types come from is not; what is imported late neither. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  const path = resolve(ROOT, file)
  if (seen.has(path)) return new Set()
  seen.add(path)
  const found = new Set<string>()
  const source = readFileSync(path, 'utf8')
  for (const [, clause = '', from = ''] of source.matchAll(
    /^(?:import|export)\s+([^'"]*?)\s*from\s+'([^']+)'/gm,
  )) {
    if (/^type\b/.test(clause) || isTypesAlone(clause)) continue
    if (!from.startsWith('.')) found.add(from)
    else
      for (const each of loadedWith(resolve(dirname(path), from.replace(/\.js$/, '.ts')), seen))
        found.add(each)
  }
  return found
}

function isTypesAlone(clause: string): boolean {
  const [, names] = /^\{([^}]*)\}$/s.exec(clause) ?? []
  return names?.split(',').every((each) => each.trim() === '' || /^\s*type\s/.test(each)) ?? false
}

const NETWORK = ['undici', 'aws4', '@aws-sdk/credential-providers']

describe('an import', () => {
  it('of postern/lambda brings along nothing that sends', () => {
    const loaded = loadedWith('src/lambda.ts')
    expect([...loaded]).toEqual(expect.arrayContaining(['node:stream', 'node:zlib']))
    for (const name of NETWORK) expect(loaded).not.toContain(name)
  })

  it('of postern/aws brings along nothing that sends, either', () => {
    for (const name of NETWORK) expect(loadedWith('src/aws.ts')).not.toContain(name)
  })

  it('of postern brings along no integration', () => {
    const loaded = loadedWith('src/index.ts')
    for (const name of [...NETWORK, 'velocityjs', 'yaml']) expect(loaded).not.toContain(name)
  })

  it('of what sends brings along what that takes', () => {
    expect(loadedWith('src/integrate/http/transport.ts')).toContain('undici')
    expect(loadedWith('src/integrate/aws/signer.ts')).toContain('aws4')
  })
})
