import * as postern from 'postern'
import * as testing from 'postern/testing'
import { checkIntegrations, checkSend, checkSteps, checkSubpaths } from './check.cjs'

const json = (name) => name.endsWith('.json') && { with: { type: 'json' } }
await checkSubpaths(async (name) => {
  const module = await import(name, json(name) || undefined)
  return json(name) ? module.default : module
})
await checkSend(postern, testing)
await checkSteps(postern, testing)
await checkIntegrations((name) => import(name))
console.log('ok')
