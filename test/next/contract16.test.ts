import { nextContract } from './contract.js'

nextContract(16)
