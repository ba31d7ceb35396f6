/** Policies deny what an app would run, however the path is spelt: apps are less exact about paths than policies. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RequestHandler } from 'express'
import { type PolicyDocument, type PolicyStatement, route } from 'postern'
import { toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { loosePath } from '../../src/authorize/arn.js'
import { compilePolicy } from '../../src/authorize/policy.js'
import { EXPRESSES, guard, serve, tell, wire } from '../adapters/support.js'
import { API, request, statement } from './ask.js'

function document(...statements: Partial<PolicyStatement>[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements.map((each) => statement(each)) }
}

const everybody = { Principal: '*' } as const
const denied = (...Resource: string[]): PolicyDocument =>
  document(everybody, { ...everybody, Effect: 'Deny', Resource })
const NO_ADMIN = denied('execute-api:/*/*/admin', 'execute-api:/*/*/admin/*')

const SECRET = 'the key to the kingdom'
const folder = mkdtempSync(join(tmpdir(), 'postern-disguises-'))
mkdirSync(join(folder, 'admin'))
writeFileSync(join(folder, 'admin', 'key.txt'), SECRET)
afterAll(() => rmSync(folder, { recursive: true }))

const secret: RequestHandler = (_req, res) => {
  res.send(SECRET)
}

describe.each(EXPRESSES)('in $name', ({ express }) => {
  const SPELLINGS = [
    '/admin',
    '/ADMIN',
    '/Admin/',
    '/admin/key',
    '/aDMIN/KEY',
    '/%41dmin/key',
    '/ADMIN/key.txt',
  ]

  it('a path that a policy denies is denied in any case, and with its slashes encoded', async () => {
    const deny = () => ({ principalId: 'bob', policyDocument: document({}, NO_ADMIN_OF_HIS_OWN) })
    const definitions = [
      { routes: [route('ANY /{proxy+}')], resourcePolicy: NO_ADMIN },
      { routes: [route('ANY /{proxy+}', { authorize: { token: deny } })] },
    ]
    for (const definition of definitions) {
      const app = express()
      app.use(toExpress(guard(definition).gateway))
      app.get(['/admin', '/admin/key'], secret)
      app.use(express.static(folder))
      app.get('/public', (_req, res) => {
        res.send('fine')
      })
      const { port } = await serve(app)
      for (const path of [...SPELLINGS, '/admin%2Fkey.txt', '/ADMIN%2fkey.txt']) {
        const told = await tell(port, wire(`GET ${path}`, ['Authorization: x']))
        expect([path, told.status]).toEqual([path, 403])
      }
      expect((await tell(port, wire('GET /Public', ['Authorization: x']))).body).toBe('fine')
    }
  })

  it('a policy on a route of the app is held to the same', async () => {
    const gate = toExpress(guard({ routes: [], resourcePolicy: NO_ADMIN }).gateway)
    const app = express()
    app.get('/admin', gate.route({}), secret)
    const { port } = await serve(app)
    for (const path of ['/admin', '/ADMIN', '/Admin/'])
      expect((await tell(port, wire(`GET ${path}`))).status).toBe(403)
  })

  it('what is denied to GET is denied to a HEAD that the handler of GET answers', async () => {
    const { gateway } = guard({
      routes: [route('ANY /admin')],
      resourcePolicy: denied('execute-api:/*/GET/admin'),
    })
    const gate = toExpress(gateway)
    const [mounted, single] = [express(), express()]
    mounted.use(gate)
    mounted.get('/admin', secret)
    single.get('/admin', gate.route({}), secret)
    for (const app of [mounted, single]) {
      const { port } = await serve(app)
      const head = await tell(port, wire('HEAD /admin'))
      expect([head.status, head.head]).toEqual([403, expect.not.stringContaining('ETag')])
    }
  })

  it('an app that knows case may have it told apart', async () => {
    const { gateway } = guard({ routes: [route('ANY /{proxy+}')], resourcePolicy: NO_ADMIN })
    const app = express()
    app.use(toExpress(gateway, { caseSensitive: true }))
    app.use((_req, res) => {
      res.send('another one')
    })
    const { port } = await serve(app)
    expect((await tell(port, wire('GET /Admin'))).body).toBe('another one')
    expect((await tell(port, wire('GET /admin'))).status).toBe(403)
  })
})

const NO_ADMIN_OF_HIS_OWN = {
  Effect: 'Deny',
  Resource: ['execute-api:/*/*/admin', 'execute-api:/*/*/admin/*'],
} as const

describe('what an app could take a resource for', () => {
  const asked = (path: string) => ({
    ...request({ resource: `${API}/prod/GET${path}` }),
    mistakable: () => [loosePath(`${API}/prod/GET${path}`)],
  })
  const says = (given: Partial<PolicyStatement>, path: string) =>
    compilePolicy(document(given)).evaluate(asked(path)).effect

  it.each<[Partial<PolicyStatement>, string, string]>([
    [{ Effect: 'Deny', Resource: `${API}/prod/GET/Admin` }, '/aDMIN', 'Deny'],
    [{ Effect: 'Deny', Resource: 'arn:aws:execute-api:*:*:*/*/GET/admin/?' }, '/Admin/X', 'Deny'],
    [{ Effect: 'Deny', Resource: 'execute-api:/prod/GET/é' }, '/%C3%89', 'Deny'],
    [{ Effect: 'Deny', Resource: 'execute-api:/prod/GET/%C3%89/a%2Fb' }, '/%C3%A9/A%2FB', 'Deny'],
    [{ Effect: 'Deny', Resource: 'execute-api:/prod/GET/a/b' }, '/a%2Fb', 'Deny'],
    [{ Effect: 'Deny', Resource: `execute-api:/prod/GET/\${aws:username, 'Eve'}` }, '/EVE', 'Deny'],
    [{ Effect: 'Deny', Resource: 'execute-api:/prod/GET/admin' }, '/admins', 'None'],
    [{ Resource: 'execute-api:/prod/GET/admin' }, '/admin', 'Allow'],
    [{ Resource: 'execute-api:/prod/GET/admin' }, '/ADMIN', 'None'],
    [{ NotResource: 'execute-api:/prod/GET/admin/*' }, '/ADMIN/x', 'None'],
    [{ NotResource: 'execute-api:/prod/GET/admin/*' }, '/pets', 'Allow'],
    [{ Effect: 'Deny', NotResource: 'execute-api:/prod/GET/public/*' }, '/PUBLIC/x', 'Deny'],
  ])('is denied where that is, and allowed only by itself: %j on %s', (given, path, expected) => {
    expect(says(given, path)).toBe(expected)
  })

  it('is nothing else where nobody says so', async () => {
    const { gateway } = guard({ routes: [route('GET /{proxy+}')], resourcePolicy: NO_ADMIN })
    expect((await send(gateway, 'GET /Admin')).status).toBe(200)
  })
})
