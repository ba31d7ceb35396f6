/** The pet store on NestJS, which Express serves. */
import 'reflect-metadata'
import type { Server } from 'node:http'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Gateway } from 'postern'
import { toExpress } from 'postern/express'
import { PetShop } from './shop.js'

export async function start(gateway: Gateway, port: number): Promise<Server> {
  const app = await NestFactory.create<NestExpressApplication>(PetShop, { logger: false })
  app.use(toExpress(gateway)) // Nest's own body parsers come after it
  await app.listen(port, '127.0.0.1')
  return app.getHttpServer()
}
