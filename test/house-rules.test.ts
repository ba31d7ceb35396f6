/**
 * A lint that cannot fail is worth nothing: every house rule is broken here once, and biome must say so.
 * The second table holds what the rules must leave alone.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const PIPELINE = 'A folder of the pipeline imports'
const STORE = 'A store imports'
const SHARED = 'The modules that all folders share'
const CORE = 'The core imports no adapter'
const ADAPTER = 'An adapter runs code of'
const CLI = 'Nothing imports the command line'
const EXAMPLE = 'An example imports'
const TIME = 'Only `src/clock.ts` reads the time'
const TIMERS = 'Only stores and adapters schedule timers'
const LONG = Array.from({ length: 300 }, (_, i) => `export const a${i} = ${i}`).join('\n')
const LONG_FUNCTION = `export function f(a: number) {\n${'  a += 1\n'.repeat(50)}  return a\n}`

/** File, code, and the rule it breaks: a rule of biome's by its name, one of ours by its message.
 * A `*` in a file's name is a number, so that many can lie side by side. */
const BROKEN: readonly (readonly [file: string, code: string, rule: string])[] = [
  ['src/*.ts', 'export const f = (a: any) => a', 'noExplicitAny'],
  ['src/*.ts', 'export const f = (a?: string) => a!.length', 'noNonNullAssertion'],
  ['src/*.ts', 'export enum E { A }', 'noEnum'],
  ['src/*.ts', 'export default 1', 'noDefaultExport'],
  ['adapters/*.ts', 'export default 1', 'noDefaultExport'],
  ['src/*.ts', 'console.log(1)', 'noConsole'],
  ['adapters/*.ts', 'console.error(1)', 'noConsole'],
  ['src/*.ts', "import 'express-rate-limit'", 'noUndeclaredDependencies'],
  ['src/*.ts', LONG, 'noExcessiveLinesPerFile'],
  ['src/*.ts', LONG_FUNCTION, 'noExcessiveLinesPerFunction'],

  ['src/resolve/*.ts', "import '../authorize/jwt.js'", PIPELINE],
  ['src/authorize/*.ts', "import type { A } from '../enforce/a.js'\nexport type B = A", PIPELINE],
  ['src/enforce/*.ts', "export * from '../validate/a.js'", PIPELINE],
  ['src/validate/*.ts', "export type { A } from '../cache/a.js'", PIPELINE],
  ['src/cache/*.ts', "await import('../integrate/a.js')", PIPELINE],
  ['src/integrate/*.ts', "export type A = import('../observe/a.js').A", PIPELINE],
  ['src/observe/*.ts', "import '../pipeline.js'", PIPELINE],
  ['src/respond/*.ts', "import '../gateway.js'", PIPELINE],
  ['src/resolve/*.ts', "import '../index.js'", PIPELINE],
  ['src/resolve/*.ts', "import '../control/keys.js'", PIPELINE],
  ['src/resolve/*.ts', "import '../store/../enforce/a.js'", PIPELINE],
  ['src/resolve/*.ts', "import './../enforce/a.js'", PIPELINE],
  ['src/resolve/*.ts', "import '../../src/enforce/a.js'", PIPELINE],
  ['src/resolve/*.ts', 'await import(`../enforce/a.js`)', PIPELINE],
  ['src/store/*.ts', "import '../exchange.js'", STORE],
  ['src/store/*.ts', "import '../enforce/a.js'", STORE],
  ['src/exchange.ts', "import './resolve/router.js'", SHARED],
  [
    'src/definition.ts',
    "import { type A, b } from './control/keys.js'\nexport type B = [A, typeof b]",
    SHARED,
  ],
  ['src/errors.ts', "export { a } from './gateway.js'", SHARED],
  ['src/control/*.ts', "import '../../adapters/express.js'", CORE],
  ['src/*.ts', "import '../adapters/express.js'", CORE],
  ['src/*.ts', "import type { Request } from 'express'\nexport type R = Request", CORE],
  ['src/*.ts', "import 'postern/express'", CORE],
  ['src/cli/*.ts', "import 'postern'", CORE],
  ['src/cli/*.ts', 'console.log(1)', 'noConsole'],
  ['src/*.ts', "import './cli/run.js'", CLI],
  ['src/control/*.ts', "export type { A } from '../cli/run.js'", CLI],
  ['adapters/*.ts', "import '../src/cli/run.js'", CLI],
  ['adapters/*.ts', "import express from 'express'\nexpress()", ADAPTER],
  [
    'adapters/*.ts',
    "import { type Request, Router } from 'express'\nexport type R = [Request, Router]",
    ADAPTER,
  ],
  ['adapters/*.ts', "export * from 'express'", ADAPTER],
  ['adapters/*.ts', "await import('express')", ADAPTER],
  ['adapters/*.ts', "import '../test/a.js'", ADAPTER],
  ['adapters/*.ts', "import 'postern'", ADAPTER],
  ['examples/shop/*.js', "import '../../src/index.js'", EXAMPLE],
  ['examples/shop/*.js', "import '../../dist/index.js'", EXAMPLE],
  ['examples/shop/*.js', "import 'postern/dist/index.js'", EXAMPLE],
  ['examples/shop/*.js', "await import('../../src/index.js')", EXAMPLE],

  ['src/*.ts', 'export const t = Date.now()', TIME],
  ['src/*.ts', 'export const now = Date.now', TIME],
  ['src/*.ts', 'export const t = globalThis.Date.now()', TIME],
  ['src/*.ts', 'export const t = new Date()', TIME],
  ['src/*.ts', 'export const t = new Date', TIME],
  ['src/*.ts', 'export const t = Date()', TIME],
  ['src/*.ts', 'const { now } = Date\nexport const t = now()', TIME],
  ['src/*.ts', 'const D = Date\nexport const t = new D()', TIME],
  ['src/resolve/*.ts', 'export const t = performance.now()', TIME],
  ['src/store/*.ts', 'export const t = process.hrtime.bigint()', TIME],
  ['src/*.ts', "import { performance } from 'node:perf_hooks'\nexport { performance }", TIME],
  ['adapters/*.ts', 'export const t = Date.now()', TIME],
  ['src/*.ts', 'setTimeout(() => {}, 1)', TIMERS],
  ['src/*.ts', 'export const later = setTimeout', TIMERS],
  ['src/resolve/*.ts', 'setInterval(() => {}, 1)', TIMERS],
  ['src/resolve/*.ts', 'setImmediate(() => {})', TIMERS],
  ['src/clock.ts', 'globalThis.setTimeout(() => {}, 1)', TIMERS],
  ['src/*.ts', 'export const signal = AbortSignal.timeout(5)', TIMERS],
  ['src/*.ts', "import { setTimeout as wait } from 'node:timers/promises'\nawait wait(1)", TIMERS],
]

const ALLOWED: readonly (readonly [file: string, code: string])[] = [
  ['src/resolve/*.ts', "import '../exchange.js'\nimport '../store/contract.js'\nimport './router.js'"],
  ['src/enforce/*.ts', "import { createHash } from 'node:crypto'\nexport { createHash }"],
  ['src/resolve/*.ts', "import { parse } from 'path-to-regexp'\nexport { parse }"],
  ['src/pipeline.ts', "import './resolve/router.js'\nimport './enforce/throttle.js'"],
  ['src/gateway.ts', "import './pipeline.js'\nimport './control/keys.js'"],
  ['src/control/*.ts', "import '../enforce/a.js'\nimport '../pipeline.js'"],
  ['src/store/*.ts', "import '../clock.js'\nimport './contract.js'"],
  ['src/cli/*.ts', "import '../gateway.js'\nimport './init.js'\nprocess.stdout.write('1')"],
  ['src/definition.ts', "import type { R } from './observe/record.js'\nexport type A = R"],
  [
    'adapters/*.ts',
    "import type { Request } from 'express'\nimport '../src/gateway.js'\nexport type R = Request",
  ],
  ['adapters/*.ts', "import { Readable } from 'node:stream'\nimport './node.js'\nexport { Readable }"],
  ['adapters/*.ts', "declare module 'express-serve-static-core' { interface Request { gateway: string } }"],
  ['adapters/*.ts', 'setTimeout(() => {}, 1)'],
  ['src/store/*.ts', 'setInterval(() => {}, 1).unref()'],
  ['src/clock.ts', 'export const now = () => Date.now() + performance.now()'],
  ['src/*.ts', 'export const at = (ms: number) => [new Date(ms), Date.UTC(2026, 0), Date.parse("2026")]'],
  ['examples/shop/*.js', "import { route } from 'postern'\nimport { pets } from './pets.js'\nroute(pets)"],
  ['examples/shop/*.js', "import { pets } from '../petstore/pets.js'\npets()"],
  ['test/*.test.ts', 'export const t = Date.now()\nsetTimeout(() => {}, 1)'],
]

interface Diagnostic {
  readonly category: string
  readonly message: string
  readonly location: { readonly path: string }
}

type Cases = readonly (readonly [file: string, code: string, ...rest: string[]])[]

const broken = lint(BROKEN)
const allowed = lint(ALLOWED)

/** What biome says of each case, all of them laid out as one project under this repository's rules. */
function lint(cases: Cases): string[] {
  const project = mkdtempSync(join(tmpdir(), 'postern-lint-'))
  try {
    for (const name of ['biome.json', '.biome', 'package.json']) {
      cpSync(join(ROOT, name), join(project, name), { recursive: true })
    }
    const files = cases.map(([file], index) => file.replace('*', `${index}`))
    if (new Set(files).size < files.length) throw new Error('two cases lie in one file')
    for (const [index, file] of files.entries()) {
      mkdirSync(dirname(join(project, file)), { recursive: true })
      writeFileSync(join(project, file), `${cases[index]?.[1]}\n`)
    }
    const diagnostics = diagnose(project)
    return files.map((file) =>
      diagnostics
        .filter(({ location }) => location.path === file)
        .map(({ category, message }) => `${category}: ${message}`)
        .join('\n'),
    )
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

function diagnose(project: string): Diagnostic[] {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
  const given = [biome, 'lint', '--reporter=json', '--max-diagnostics=none']
  const { stdout, stderr } = spawnSync(process.execPath, given, { cwd: project, encoding: 'utf8' })
  if (!stdout.startsWith('{')) throw new Error(`biome did not run: ${stderr}`)
  return JSON.parse(stdout).diagnostics
}

describe('the lint reports', () => {
  it.each(BROKEN.map(([file, code, rule], index) => ({ file, code: titled(code), rule, index })))(
    '$rule in $file: $code',
    ({ rule, index }) => {
      expect(broken[index]).toContain(rule)
    },
  )
})

describe('the lint leaves alone', () => {
  it.each(ALLOWED.map(([file, code], index) => ({ file, code: titled(code), index })))(
    '$file: $code',
    ({ index }) => {
      expect(allowed[index]).toBe('')
    },
  )
})

/** Code as the title of a test: one line of it. */
function titled(code: string): string {
  const line = code.replaceAll('\n', '; ')
  return line.length > 80 ? `${line.slice(0, 80)}…` : line
}
