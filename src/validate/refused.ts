/** What the caller is told of a request that is not valid: in AWS's few words, or all of it where the route says so. */
import type { Exchange } from '../exchange.js'
import { Refusal } from '../exchange.js'
import type { ValidationFault } from '../schema.js'
import { inOneText } from './words.js'

export interface Invalid {
  readonly type: 'BAD_REQUEST_BODY' | 'BAD_REQUEST_PARAMETERS'
  readonly message: string
  readonly faults: readonly ValidationFault[]
  readonly detailed: boolean
}

export function invalid(exchange: Exchange, { type, message, faults, detailed }: Invalid): Refusal {
  exchange.faults = exchange.faults.length === 0 ? faults : [...exchange.faults, ...faults]
  return new Refusal(type, inOneText(faults), message, [], detailed ? faults : [])
}
