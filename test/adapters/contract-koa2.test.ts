import { adapterContract } from '../contract/adapter.js'
import { koa2Host } from '../contract/hosts/koa.js'

adapterContract(koa2Host)
