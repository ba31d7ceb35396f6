import { afterAll } from 'vitest'
import { nextContract } from './contract.js'
import { nextExample } from './example.js'
import { nextFirst } from './first.js'
import { NextProject } from './running.js'
import { nextSuite } from './suite.js'

const project = new NextProject(16)
afterAll(() => project[Symbol.asyncDispose]())
nextSuite(project)
nextContract(project)
nextExample(project)
nextFirst(project)
