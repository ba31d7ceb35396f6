/** Listeners of Node's behind a gateway: what they throw, and what goes out instead of them. */
import { type Exchange, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { seize } from './forward.js'
import { settle } from './gate.js'
import type { NodeListener } from './node.js'
import type { NodeRequest } from './request.js'
import { write } from './write.js'

/** Nobody stands around a listener of Node's to catch what it throws: the caller gets a 500, `onError` the error. */
export function run(
  gateway: Gateway,
  exchange: Exchange,
  request: NodeRequest,
  listener: NodeListener,
): void {
  const failed = (error: unknown) => seize(request, gateway.crashed(exchange, error))
  try {
    const result = listener(request.req, request.res)
    if (result instanceof Promise) result.then(undefined, failed)
  } catch (error) {
    failed(error)
  }
}

export function send(gateway: Gateway, request: NodeRequest, result: ReturnType<Gateway['handle']>): void {
  if (result === passed) return
  settle(
    result,
    (answer) => write(request, answer, gateway.report),
    (error) => {
      gateway.report(error)
      request.res.destroy()
    },
  )
}
