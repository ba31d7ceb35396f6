/**
 * The class as a gateway. Node runs no decorators yet: whatever compiles your TypeScript (tsc, esbuild, tsx, swc) makes
 * plain code of them, with `experimentalDecorators` or without.
 */
import { createGateway, type Runtime, routesOf } from 'postern'
import { Pets } from './pets.js'

/** @param runtime a clock of the test's own, say */
export function petStore(runtime: Runtime = {}) {
  return createGateway({
    routes: routesOf(new Pets()),
    plans: { free: { throttle: { rate: 1, burst: 5 } } },
    stages: { prod: {} },
    ...runtime,
  })
}
