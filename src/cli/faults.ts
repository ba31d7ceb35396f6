/** The faults of a definition or a document, as a person reads them. */
import type { Fault } from '../errors.js'
import { STATUS, type Terminal } from './terminal.js'

/** @returns the exit code */
export function printFaults({ stderr }: Terminal, file: string, faults: readonly Fault[]): number {
  stderr.write(`${file} has ${faults.length === 1 ? 'one fault' : `${faults.length} faults`}:\n`)
  for (const { path, message, code, fix } of faults) {
    stderr.write(`\n  ${path || '(the definition)'}: ${message} (${code})\n    ${fix}\n`)
  }
  return STATUS.failed
}
