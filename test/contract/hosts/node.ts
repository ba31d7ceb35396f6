/** Node's own servers under contract. */
import { nodeApp } from '../apps/node.js'
import type { Host } from '../host.js'
import { listeningTwice } from './listening.js'

const unheard = 'nothing stands around a listener of Node’s to answer for what it throws'

export const nodeHost: Host = {
  name: 'Node',
  lacks: { 'own-errors': unheard, 'own-route-errors': unheard },
  serve: (kind) => listeningTwice(nodeApp(kind).listener),
}
