/** Records as lines of text. */
import type { ExchangeRecord } from './record.js'

/**
 * One line of a record, as a developer wants to see it: `403 POST /pets INVALID_API_KEY: no x-api-key header`. The path is
 * decoded but for its spaces, which would look like what stands behind it, and for control characters.
 */
export function formatRecord(record: ExchangeRecord): string {
  const { status, method, path, stage, keyId, latency, refusal, end } = record
  const where = stage === undefined ? '' : `  stage ${stage}`
  const who = keyId === undefined ? '' : `  key ${keyId}`
  const why =
    refusal === undefined ? (end === 'answered' ? '' : `  ${end}`) : `  ${refusal}: ${reasonOf(record)}`
  return `${status} ${method} ${inWords(path).replaceAll(' ', '%20')}${where}${who}  ${latency} ms${why}`
}

/** With the names of what is not valid, which the words alone do not say. */
function reasonOf({ refusal, detail = '', faults }: ExchangeRecord): string {
  if (!refusal?.startsWith('BAD_REQUEST_') || faults.length === 0) return inWords(detail)
  return inWords(
    faults.map(({ pointer, message }) => (pointer === '' ? message : `${pointer} ${message}`)).join(', '),
  )
}

/** A caller's path cannot write lines of its own, nor move the cursor. */
function inWords(path: string): string {
  return path.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (character) => encodeURIComponent(character))
}

/**
 * An `onRecord` for development: each exchange is a line on standard output, refusals with their reason.
 *
 * @example
 * const gateway = createGateway({ routes: [route('GET /pets')], onRecord: logRecord })
 */
export function logRecord(record: ExchangeRecord): void {
  process.stdout.write(`${formatRecord(record)}\n`)
}
