/**
 * Stages, deployments, canaries.
 *
 * A stage is a live reference to an immutable deployment. Pointing it elsewhere is one atomic step: requests on
 * their way finish as they began.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const v1 = { routes: [route('GET /pets')], stages: { prod: { variables: { db: 'main' } }, beta: {} }, version: '1.0.0' }
const v2 = { routes: [route('GET /pets'), route('GET /cats')], version: '2.0.0' }
const gateway = createGateway({ ...v1, random: () => 0.5 })
const { control } = gateway
const status = async (path) => (await send(gateway, `GET ${path}`)).status

const { id } = await control.deploy(v2, { description: 'cats', stages: ['beta'] })
console.log([await status('/beta/cats'), await status('/prod/cats')]) // => [200, 404]

await control.updateStage('prod', { canary: { percent: 10, deployment: id, variables: { db: 'replica' } } })
await control.promoteCanary('prod')
console.log(await status('/prod/cats')) // => 200
await control.rollbackStage('prod')
await control.rollbackStage('prod')
console.log(await status('/prod/cats')) // => 404
