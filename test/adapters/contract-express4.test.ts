import { adapterContract } from '../contract/adapter.js'
import { express4Host } from '../contract/hosts/express.js'

adapterContract(express4Host)
