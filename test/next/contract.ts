/** The contract of all adapters, held against a real Next. */
import { adapterContract } from '../contract/adapter.js'
import { NextApps } from '../contract/hosts/next.js'
import type { NextProject } from './running.js'

export function nextContract(project: NextProject): void {
  const apps = new NextApps(project)
  adapterContract(apps.alone)
  adapterContract(apps.behind)
}
