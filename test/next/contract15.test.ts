import { nextContract } from './contract.js'

nextContract(15)
