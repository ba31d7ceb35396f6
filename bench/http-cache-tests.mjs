/**
 * The tests of https://cache-tests.fyi against Express behind Postern in RFC 9111 mode, whose app is the tests' own
 * origin server: `node bench/http-cache-tests.mjs` after a build. The table that it prints is in
 * `bench/http-cache-tests.md`; `--write` writes it anew.
 *
 * The suite is no dependency: it is fetched with npm into a folder that is gone afterwards.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import express from 'express'
import { createGateway, route } from 'postern'
import { toExpress } from 'postern/express'

const SUITE = 'http-cache-tests'
const VERSION = '0.4.5'
const RESULTS = fileURLToPath(new URL('./http-cache-tests.md', import.meta.url))

/** Why a test does not pass where it could. The first that fits its id. */
const REASONS = /** @type {const} */ ([
  [/set-cookie$/i, 'an answer that sets a cookie is never kept'],
  [
    /^other-cookie$/,
    'a request with `Cookie` gets only what is said to be for everybody (`public`, `s-maxage`)',
  ],
  [/^partial-/, 'requests for ranges go to the app, and parts are never kept'],
  [/^surrogate-/, 'Surrogate-Control is not spoken'],
  [/^stale-warning/, '`Warning` for stale answers is obsolete (RFC 9111, 5.5); builds on `stale-close`'],
  [
    /^stale-close/,
    'builds on `stale-close`: the app is in the same process, and breaks the very connection of the caller',
  ],
  [
    /^age-parse-prefix$/,
    'in a list of ages none is believed, as the suite wants it where they stand on two lines',
  ],
  [
    /^headers-omit-headers-listed/,
    '`no-cache` with names counts for the whole answer, which RFC 9111 allows (5.2.2.4)',
  ],
  [/^method-POST$/, 'the route keeps answers to GET only'],
  [/^vary-normalise-lang/, 'languages are compared as they are written, but for spaces'],
  [/^conditional-lm-fresh-no-lm$/, 'without `Last-Modified` it may have changed since the caller’s date'],
  [/obs-text$/, 'Node writes the first answer’s header and body as one UTF-8 text; no cache is involved'],
  [
    /^conditional-etag-forward-unquoted$/,
    'the app gives whole answers, and conditions are answered by the gateway',
  ],
  [/Content-Length$/, 'the origin announces another length than it sends; no cache is involved'],
  [/^head-/, 'HEAD changes nothing that is kept'],
])

function npm(folder, ...args) {
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${stderr}`)
}

/** The suite and the `fetch` that it is run with. Its own dependencies are for its pages. */
async function load(folder) {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  npm(folder, 'pack', `${SUITE}@${VERSION}`)
  const unpacked = spawnSync('tar', ['xzf', `${SUITE}-${VERSION}.tgz`], { cwd: folder })
  if (unpacked.status !== 0) throw new Error('the suite cannot be unpacked')
  npm(folder, 'install', '--no-save', '--ignore-scripts', 'node-fetch@2')
  const from = (file) => import(pathToFileURL(join(folder, file)).href)
  const [tests, surrogate, runner, test, config, state, nodeFetch] = await Promise.all([
    from('package/tests/index.mjs'),
    from('package/tests/surrogate-control.mjs'),
    from('package/client/runner.mjs'),
    from('package/server/handle-test.mjs'),
    from('package/server/handle-config.mjs'),
    from('package/server/handle-state.mjs'),
    from('node_modules/node-fetch/lib/index.js'),
  ])
  const handlers = { test: test.default, config: config.default, state: state.default }
  return { suites: [...tests.default, surrogate.default], runner, handlers, fetch: nodeFetch.default }
}

/** No freshness of the route's own: what is tested is what the app says. */
function origin(handlers) {
  const gateway = createGateway({
    routes: [route('ANY /test/{path+}', { cache: { mode: 'rfc9111', ttl: 0 } })],
    pass: ['/config/{id}', '/state/{id}'],
    account: { throttle: false },
  })
  const app = express()
  app.disable('x-powered-by')
  app.use(toExpress(gateway))
  app.use((req, res) => {
    const [, kind, ...rest] = new URL(req.url, 'http://localhost').pathname.split('/')
    handlers[kind](rest, req, res)
  })
  return app
}

/** What came of a test, in the suite's own way of counting. */
function verdict(test, results, all) {
  const result = results[test.id]
  if (result === undefined) return 'not run'
  const unmet = (test.depends_on ?? []).some((id) => {
    const other = all.find((each) => each.id === id)
    return other !== undefined && !['passed', 'yes'].includes(verdict(other, results, all))
  })
  if (unmet) return 'depends'
  if (result !== true && result[0] === 'Setup') return 'setup'
  if (test.kind === 'check') return result === true ? 'yes' : 'no'
  if (result === true) return 'passed'
  return test.kind === 'optimal' ? 'optional' : 'failed'
}

/** Without what differs from run to run. */
function cameOf(result) {
  if (result === true) return ''
  return result[1].replace(/^.*http:\/\/127\.0\.0\.1\S* ?(?:failed, reason: )?/, '').replaceAll('|', '\\|')
}

function reasonOf(id) {
  return REASONS.find(([pattern]) => pattern.test(id))?.[1] ?? ''
}

function report(suites, results) {
  const all = suites.flatMap(({ tests }) => tests)
  const kinds = /** @type {const} */ (['passed', 'failed', 'optional', 'yes', 'no', 'setup', 'depends'])
  const rows = suites.map((suite) => {
    const verdicts = suite.tests.map((test) => verdict(test, results, all))
    return { name: suite.name, counts: kinds.map((kind) => verdicts.filter((each) => each === kind).length) }
  })
  const total = kinds.map((_, at) => rows.reduce((sum, { counts }) => sum + counts[at], 0))
  const line = (name, counts) => `| ${[name, ...counts].join(' | ')} |`
  const missed = all
    .map((test) => ({ test, is: verdict(test, results, all) }))
    .filter(({ is }) => ['failed', 'optional', 'setup', 'depends'].includes(is))
  return [
    '# RFC 9111 mode against http-cache-tests',
    '',
    `\`node bench/http-cache-tests.mjs --write\`: ${SUITE} ${VERSION}, Express 5, one route with`,
    "`cache: { mode: 'rfc9111', ttl: 0 }`. *passed* and *failed*: what a cache must do. *optional*: what an optimal cache",
    'would do and this one does not. *yes* and *no*: questions without a right answer. *setup*, *depends*: what the test',
    'begins with, or another one that it builds on, did not come out as it expects.',
    '',
    line('', kinds),
    line(
      '---',
      kinds.map(() => '---:'),
    ),
    ...rows.map(({ name, counts }) => line(name, counts)),
    line(
      '**all**',
      total.map((count) => `**${count}**`),
    ),
    '',
    '## What does not pass, and why',
    '',
    '| test | | what came | why |',
    '| --- | --- | --- | --- |',
    ...missed.map(({ test, is }) => {
      return `| \`${test.id}\` | ${is} | ${cameOf(results[test.id])} | ${reasonOf(test.id)} |`
    }),
    '',
  ].join('\n')
}

const folder = mkdtempSync(join(tmpdir(), 'postern-http-cache-tests-'))
try {
  const { suites, runner, handlers, fetch } = await load(folder)
  const only = process.argv.find((each) => each.startsWith('--id='))?.slice(5)
  if (only !== undefined)
    for (const suite of suites) suite.tests = suite.tests.filter(({ id }) => id === only)
  if (only !== undefined) for (const suite of suites) for (const test of suite.tests) test.dump = true
  const server = origin(handlers).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await runner.runTests(suites, fetch, false, `http://127.0.0.1:${port}`)
  const text = report(suites, runner.getResults())
  console.log(text)
  if (process.argv.includes('--write')) writeFileSync(RESULTS, text)
  server.closeAllConnections()
  server.close()
} finally {
  rmSync(folder, { recursive: true })
}
