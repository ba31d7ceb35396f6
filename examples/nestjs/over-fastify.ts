/** The pet store on NestJS, which Fastify serves. */
import 'reflect-metadata'
import type { Server } from 'node:http'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Gateway } from 'postern'
import { rewriteUrl, toFastify } from 'postern/fastify'
import { PetShop } from './shop.js'

export async function start(gateway: Gateway, port: number): Promise<Server> {
  const adapter = new FastifyAdapter({ rewriteUrl: rewriteUrl(gateway) }) // takes the stage off, before Fastify routes
  const app = await NestFactory.create<NestFastifyApplication>(PetShop, adapter, { logger: false })
  await app.register(toFastify(gateway))
  await app.listen(port, '127.0.0.1')
  return app.getHttpServer()
}
