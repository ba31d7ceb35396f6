/** `postern serve`, with an upstream of the tester's. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { serve, start } from '../sockets.js'
import { folderOf, postern, type Ran, running } from './support.js'

const PETSTORE = readFileSync(
  new URL('../fixtures/openapi/create-api-using-swagger-1.json', import.meta.url),
  'utf8',
)

/** Until the test has had enough. */
class Serving {
  readonly #ran: Promise<Ran>
  #stop: () => void = () => {}
  #said = ''

  constructor(folder: string, ...argv: string[]) {
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve
    })
    this.#ran = running(folder, ['serve', ...argv], stopped, (said) => {
      this.#said = said
    })
  }

  /** `http://127.0.0.1:1234` */
  async url(): Promise<string> {
    const early = this.#ran.then(({ stderr }) => {
      throw new Error(`it ended: ${stderr}`)
    })
    for (;;) {
      const [, url] = / is served at (\S+)\. /.exec(this.#said) ?? []
      if (url !== undefined) return url
      await Promise.race([early, new Promise((resolve) => setTimeout(resolve, 5))])
    }
  }

  stop(): Promise<Ran> {
    this.#stop()
    return this.#ran
  }
}

/** Tells what it was asked. */
const upstream = () =>
  serve(
    createServer((req, res) => {
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ asked: `${req.method} ${req.url}`, host: req.headers.host }))
    }),
  )

describe('postern serve', () => {
  it("serves AWS's pet store, imported unchanged, with an upstream of one's own", async () => {
    const { url } = await upstream()
    const serving = new Serving(
      folderOf({ 'petstore.json': PETSTORE }),
      'petstore.json',
      '-u',
      url,
      '-p',
      '0',
    )
    const base = await serving.url()
    const pet = await fetch(`${base}/pets/7`)
    expect([pet.status, await pet.json()]).toEqual([
      200,
      { asked: 'GET /petstore/pets/7', host: url.replace('http://', '') },
    ])
    expect((await fetch(`${base}/pets`)).status).toBe(200)
    expect((await fetch(`${base}/nowhere`)).status).toBe(404)
    const { status, stdout, stderr } = await serving.stop()
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^ +GET +\/pets\/\{petId\} .*http$/m)
    expect(stdout).toContain(`petstore.json is served at ${base}. To try it:\n\n  curl -i ${base}/pets\n`)
    expect(stdout).toMatch(/^200 GET \/pets\/7 .* ms$/m)
    expect(stdout).toMatch(/^404 GET \/nowhere .*RESOURCE_NOT_FOUND/m)
  })

  it('replaces one host and leaves the others', async () => {
    const { url } = await upstream()
    const pair = `http://petstore-demo-endpoint.execute-api.com=${url}`
    const serving = new Serving(
      folderOf({ 'a.json': PETSTORE }),
      'a.json',
      `--upstream=${pair}`,
      '--port=0',
      '--stage=v1',
    )
    const base = await serving.url()
    expect(base).toMatch(/\/v1$/)
    expect((await fetch(`${base}/pets`)).status).toBe(200)
    await serving.stop()
  })

  it('asks an upstream where the document names nobody, and makes the API key that it asks for', async () => {
    const { url } = await upstream()
    const document = `openapi: 3.0.3
info: { title: Pets, version: '1' }
paths:
  /pets/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      security: [{ key: [] }]
      responses: { '200': { description: ok } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: x-api-key } }
`
    const serving = new Serving(folderOf({ 'pets.yaml': document }), 'pets.yaml', '-u', url, '-p', '0')
    const base = await serving.url()
    expect((await fetch(`${base}/pets/7`)).status).toBe(403)
    const { stdout } = await serving.stop()
    const [, key = ''] = /-H 'x-api-key: (\S+)'/.exec(stdout) ?? []
    expect(key).toMatch(/^[\w-]{20,128}$/)
  })

  it('says so where nobody answers', async () => {
    const document = {
      openapi: '3.0.3',
      info: { title: 'a', version: '1' },
      paths: { '/a': { get: { responses: {} } } },
    }
    const ran = await postern(folderOf({ 'a.json': document }), 'serve', 'a.json', '-p', '0')
    expect([ran.status, ran.stderr]).toEqual([
      1,
      'postern: a.json names nobody who answers GET /a: give --upstream http://localhost:8080\n',
    ])
  })

  it('tells what a function threw, and where', async () => {
    const uri =
      'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:Calc/invocations'
    const integration = { type: 'aws_proxy', httpMethod: 'POST', uri }
    const get = { responses: {}, 'x-amazon-apigateway-integration': integration }
    const document = { openapi: '3.0.3', info: { title: 'a', version: '1' }, paths: { '/a': { get } } }
    const code = "export const handler = async () => {\n  throw new Error('no more')\n}\n"
    const folder = folderOf({ 'a.json': document, 'calc.mjs': code })
    const serving = new Serving(folder, 'a.json', '-p', '0', '--function', 'Calc=calc.mjs')
    expect((await fetch(`${await serving.url()}/a`)).status).toBe(502)
    expect((await serving.stop()).stderr).toMatch(/^no more \(\S*calc\.mjs:2:\d+\)\n$/)
  })

  it('serves what a module exports', async () => {
    const code = `import { createGateway, route } from 'postern'
export const gateway = createGateway({ routes: [route('GET /time', {}, () => ({ now: 1 }))] })`
    const serving = new Serving(folderOf({ 'gateway.mjs': code }), 'gateway.mjs', '-p', '0')
    expect(await (await fetch(`${await serving.url()}/time`)).json()).toEqual({ now: 1 })
    expect((await serving.stop()).status).toBe(0)
  })

  it('names another port where one is taken', async () => {
    const { port } = await start(createServer())
    const ran = await postern(folderOf({ 'a.json': PETSTORE }), 'serve', 'a.json', '-p', String(port))
    expect([ran.status, ran.stderr]).toEqual([
      1,
      `postern: port ${port} of 127.0.0.1 is taken: give another one, --port ${port + 1}\n`,
    ])
  })

  it('tells all faults of a document, each with its pointer', async () => {
    const broken = {
      openapi: '3.0.3',
      info: { title: 'a' },
      paths: { '/a': { get: { parameters: [{ in: 'query' }] } }, b: {} },
    }
    const { status, stderr } = await postern(folderOf({ 'a.json': broken }), 'serve', 'a.json')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^a\.json has 2 faults:\n/)
    expect(stderr).toContain('#/paths/~1a/get/parameters/0')
    expect(stderr).toContain('#/paths/b')
  })

  it.each([
    ['serve', 'serve takes a file. See: postern serve --help'],
    ['serve a.json b.json', 'serve takes one file, but 2 were given. See: postern serve --help'],
    ['serve a.json -p x', "--port is a number from 0 to 65535, not 'x'. See: postern serve --help"],
    ['serve a.json -u localhost:1', '--upstream localhost:1 is no URL: write http://localhost:1'],
    ['serve a.json -u htp://a', '--upstream htp://a is no URL: write one such as http://localhost:8080'],
    ['serve a.json -u http://a/b?c=d', '--upstream http://a/b?c=d goes on behind its path: leave out ?c=d'],
    [
      'serve a.json -u http://petstore-demo-endpoint.execute-api.com=b:1',
      '--upstream b:1 is no URL: write http://b:1',
    ],
    [
      'serve a.json --function Clac=./calc.mjs',
      '--function Clac stands for nothing: a.json does not name it',
    ],
    [
      'serve a.json -u http://pets.example=http://a',
      '--upstream http://pets.example stands for nothing: a.json does not name it',
    ],
    ['serve a.json --var a', "--var takes <name>=<value>, not 'a'"],
    [
      'serve a.json -u http://a -u http://b',
      'two upstreams for all hosts, http://a and http://b: <from>=<to> stands for one of them',
    ],
    [
      'serve gateway.mjs --strict',
      '--strict is for documents: gateway.mjs is a module, which says so itself',
    ],
    ['serve a.json --upstrem x', 'there is no option --upstrem. Did you mean --upstream?'],
  ])('%s is misused: one line says how', async (line, message) => {
    const folder = folderOf({ 'a.json': PETSTORE, 'b.json': PETSTORE, 'gateway.mjs': '' })
    const ran = await postern(folder, ...line.split(' '))
    expect(ran).toEqual({ status: 2, stdout: '', stderr: `postern: ${message}\n` })
  })

  it.each([
    ['petstore.json', 'there is no file petstore.json'],
    ['docs/petsotre.yaml', 'there is no file docs/petsotre.yaml. Did you mean docs/petstore.yaml?'],
    ['docs', 'docs is a folder: name a file in it'],
    [
      'https://acme.com/a.yaml',
      'nothing is fetched from another machine: download https://acme.com/a.yaml, look at it, and name the file',
    ],
    [
      'notes.mjs',
      'notes.mjs does not load: Unknown file extension ".txt". Name a module (.js, .mjs, .cjs, .ts), or a document (.json, .yaml, .yml)',
    ],
    [
      'empty.yaml',
      'empty.yaml has no operation that could be served: every request would be refused. Give it routes',
    ],
  ])('says what to do about a file that is none: %s', async (file, message) => {
    const thrown = `throw Object.assign(new Error('Unknown file extension ".txt"'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })`
    const empty = "openapi: 3.0.3\ninfo: { title: a, version: '1' }\npaths: {}\n"
    const folder = folderOf({ 'docs/petstore.yaml': empty, 'empty.yaml': empty, 'notes.mjs': thrown })
    const ran = await postern(folder, 'serve', file, '-p', '0')
    expect([ran.status, ran.stderr]).toEqual([1, `postern: ${message}\n`])
  })
})
