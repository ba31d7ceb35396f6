import { adapterContract } from '../contract/adapter.js'
import { fastify4Host } from '../contract/hosts/fastify.js'

adapterContract(fastify4Host)
