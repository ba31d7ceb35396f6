import { adapterContract } from '../contract/adapter.js'
import { koa3Host } from '../contract/hosts/koa.js'

adapterContract(koa3Host)
