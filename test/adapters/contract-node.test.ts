import { adapterContract } from '../contract/adapter.js'
import { nodeHost } from '../contract/hosts/node.js'

adapterContract(nodeHost)
