import { nextSuite } from './suite.js'

nextSuite(15)
