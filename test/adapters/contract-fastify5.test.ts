import { adapterContract } from '../contract/adapter.js'
import { fastify5Host } from '../contract/hosts/fastify.js'

adapterContract(fastify5Host)
