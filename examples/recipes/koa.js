/**
 * Koa.
 *
 * Koa 3 and 2. Mount it before body parsers; `ctx.gateway` is what Express has as `req.gateway`.
 */
import Router from '@koa/router'
import Koa from 'koa'
import { createGateway, route } from 'postern'
import { toKoa } from 'postern/koa'

const gate = toKoa(createGateway({ routes: [route('GET /pets/{petId}'), route('POST /pets')], plans: { free: {} } }))
const router = new Router()
router.get('/pets/:petId', (ctx) => {
  ctx.body = { id: ctx.params.petId, stage: ctx.gateway?.stage }
})
router.post('/pets', gate.route({ apiKey: true }), (ctx) => {
  ctx.status = 201
})

const app = new Koa()
app.use(gate)
app.use(router.routes())
app.listen(3000)
