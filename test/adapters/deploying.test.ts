/** Deploying while requests are on their way, over real sockets. */
import { createGateway, type Definition, type ExchangeRecord, route } from 'postern'
import { toExpress } from 'postern/express'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, serve } from './support.js'

const version = (v: string): Definition<never, never, never> => ({
  routes: [route('GET /v'), route(`GET /only-in-${v}`)],
  stages: { prod: { variables: { v } } },
  version: v,
})

describe.each(EXPRESSES)('a stage pointed elsewhere under load, behind $name', ({ express }) => {
  it('loses no request, and none sees half of each deployment', { timeout: 20_000 }, async () => {
    const records: ExchangeRecord[] = []
    const gateway = createGateway({ ...version('1'), onRecord: (record) => records.push(record) })
    const { id: first } = (await gateway.control.listDeployments())[0] ?? { id: '' }
    const { id: second } = await gateway.control.deploy(version('2'))
    const variableOf: Record<string, string> = { [first]: '1', [second]: '2' }
    const app = express()
    app.use(toExpress(gateway))
    app.get('/v', (req, res) => res.json(req.gateway?.variables.v))
    const { url } = await serve(app)

    const answers = new Map<string | null, string>()
    let done = false
    const callers = Array.from({ length: 10 }, async () => {
      for (let call = 0; call < 60; call++) {
        const response = await fetch(`${url}/prod/v`)
        expect(response.status).toBe(200)
        answers.set(response.headers.get('x-amzn-requestid'), String(await response.json()))
      }
    })
    const moving = (async () => {
      for (let turn = 0; !done; turn++) {
        if (turn % 2 === 0)
          await gateway.control.updateStage('prod', { deployment: first, variables: { v: '1' } })
        else await gateway.control.rollbackStage('prod')
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    await Promise.all(callers)
    done = true
    await moving

    expect(answers.size).toBe(600)
    expect([...new Set(answers.values())].sort()).toEqual(['1', '2'])
    await expect.poll(() => records.length).toBe(600)
    for (const { requestId, deployment = '' } of records) {
      expect(variableOf[deployment]).toBe(answers.get(requestId))
    }
  })
})
