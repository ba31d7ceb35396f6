import { adapterContract } from '../contract/adapter.js'
import { expressBehindHost } from '../contract/hosts/express.js'

adapterContract(expressBehindHost)
