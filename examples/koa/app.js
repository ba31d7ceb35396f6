/** The pet store on Koa. */
import Router from '@koa/router'
import Koa from 'koa'
import { toKoa } from 'postern/koa'
import { Pets } from '../petstore/pets.js'

/**
 * @param {import('postern').Gateway} gateway
 * @param {number} port
 */
export function start(gateway, port) {
  const pets = new Pets()
  const router = new Router()

  router.get('/health', (ctx) => {
    ctx.body = { ok: true }
  })
  router.get('/pets', (ctx) => {
    ctx.body = { greeting: ctx.gateway?.variables.greeting, pets: pets.all() }
  })
  router.get('/pets/:petId', (ctx) => {
    const pet = pets.find(ctx.params.petId)
    if (pet === undefined) ctx.status = 404
    ctx.body = pet ?? { message: 'no such pet' }
  })
  router.post('/pets', (ctx) => {
    const { body, client } = ctx.gateway ?? {} // the body is what its model made of it
    ctx.status = 201
    ctx.body = pets.add(body, client?.name)
  })
  router.delete('/pets/:petId', (ctx) => {
    ctx.status = pets.remove(ctx.params.petId) ? 204 : 404
  })
  router.get('/admin', (ctx) => {
    ctx.body = 'nobody gets here: no route of the gateway names it'
  })

  const app = new Koa()
  app.use(toKoa(gateway))
  app.use(router.routes())
  return app.listen(port, '127.0.0.1')
}
