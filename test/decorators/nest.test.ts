/** Classes that NestJS makes and injects into, with the decorators of both. */
import { NestFactory } from '@nestjs/core'
import { createGateway, routesOf } from 'postern'
import { send } from 'postern/testing'
import { expect, it } from 'vitest'
import { fixture } from './flavours.js'

it('a controller of NestJS answers routes with what was injected into it', async () => {
  const { Pets, Shop } = await fixture('legacy/nest', 'typescript-legacy')
  const app = await NestFactory.createApplicationContext(Shop, { logger: false })
  try {
    const gateway = createGateway({ routes: routesOf(app.get(Pets)) })
    expect((await send(gateway, 'GET /pets/7')).text()).toBe('pet 7')
    expect(Reflect.getMetadata('path', Pets.prototype.find)).toBe(':petId')
  } finally {
    await app.close()
  }
})
