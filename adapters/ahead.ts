/** Answers before the answer: `102 Processing`, `103 Early Hints`. */
import { streamOf } from './http2.js'
import type { NodeRequest } from './request.js'

/** So much may wait for a caller, bytes. */
const MOST = 65_536

/** Of HTTP/1.1, Node writes these two alone; HTTP/1.0 knows none. */
export function writeAhead(
  { req, res, isHttp2 }: NodeRequest,
  status: number,
  headers: readonly string[],
): void {
  // A caller who reads nothing is told nothing more: hints that wait would fill the memory.
  if ((req.socket?.writableLength ?? 0) > MOST) return
  const fields = grouped(headers)
  if (isHttp2) {
    const stream = streamOf(res)
    if (stream?.headersSent === false) stream.additionalHeaders({ ':status': status, ...fields })
  } else if (req.httpVersion === '1.1') {
    if (status === 102) res.writeProcessing()
    else if (status === 103) hint(res, fields)
  }
}

function hint(res: NodeRequest['res'], fields: Record<string, string | string[]>): void {
  try {
    res.writeEarlyHints(fields)
  } catch {
    // Links that Node takes for none are hints that nobody gets.
  }
}

/** By lower-case name. */
function grouped(headers: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {}
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? ''
    const value = headers[index + 1] ?? ''
    const before = fields[name]
    if (before === undefined) fields[name] = value
    else fields[name] = name === 'link' ? [before, value].flat() : `${[before].flat().join(', ')}, ${value}`
  }
  return fields
}
