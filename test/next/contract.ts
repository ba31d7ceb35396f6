/** The contract of all adapters, held against a real Next. */
import { afterAll } from 'vitest'
import { adapterContract } from '../contract/adapter.js'
import { NextApps } from '../contract/hosts/next.js'
import type { Major } from './running.js'

export function nextContract(major: Major): void {
  const apps = new NextApps(major)
  afterAll(() => apps[Symbol.asyncDispose]())
  adapterContract(apps.alone)
  adapterContract(apps.behind)
}
