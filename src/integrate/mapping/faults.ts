/** What is wrong with a mapping: found when it is compiled, or only when a request is mapped. */
import { Refusal } from '../../exchange.js'
import type { RefusalType } from '../../refusal.js'

/** A template, a path or a parameter that cannot be compiled. */
export class MappingFault extends Error {
  constructor(
    message: string,
    /** What would be right. */
    readonly fix: string,
  ) {
    super(message)
    this.name = 'MappingFault'
  }
}

/** A request or a result that cannot be mapped: thrown on the way, and refused where the mapping ends. */
export class Unmapped extends Error {
  readonly refusal: Refusal

  constructor(type: RefusalType, detail: string, message?: string) {
    super(detail)
    this.name = 'Unmapped'
    this.refusal = new Refusal(type, detail, message)
  }
}

/** What a template, or the definition around it, got wrong: the caller is told nothing of it. */
export function misconfigured(detail: string): Unmapped {
  return new Unmapped('API_CONFIGURATION_ERROR', detail)
}
