import * as postern from 'postern'
import * as testing from 'postern/testing'
import { checkSend, checkSteps, checkSubpaths } from './check.cjs'

const json = (name) => name.endsWith('.json') && { with: { type: 'json' } }
await checkSubpaths(async (name) => {
  const module = await import(name, json(name) || undefined)
  return json(name) ? module.default : module
})
await checkSend(postern, testing)
await checkSteps(postern, testing)
console.log('ok')
