import { afterAll } from 'vitest'
import { nextContract } from './contract.js'
import { NextProject } from './running.js'
import { nextSuite } from './suite.js'

const project = new NextProject(15)
afterAll(() => project[Symbol.asyncDispose]())
nextSuite(project)
nextContract(project)
