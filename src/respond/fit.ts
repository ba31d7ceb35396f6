/** What users' own code has put together, held to what HTTP allows. */
import { KeptAnswer } from '../answer.js'
import { Answer, ReceivedAnswer, type Refusal } from '../exchange.js'

/** What the gateway itself says of how an answer is sent. */
const FRAMING = /^(?:content-length|transfer-encoding|connection|keep-alive|proxy-connection|trailer)$/i

/**
 * An answer that a user's own code has put together, fit to be sent.
 *
 * @throws RangeError, TypeError for what HTTP does not allow
 */
export function fit(answer: Answer): Answer {
  if (answer instanceof KeptAnswer) return answer
  if (answer instanceof ReceivedAnswer) return answer
  const { status, headers, body } = answer
  if (!(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new RangeError(`an answer's status is 200 to 599, not ${status}`)
  }
  return new Answer(status, fitting(headers), body)
}

/** Header fields that can be sent, without those that are the gateway's to write. @throws TypeError */
function fitting(headers: readonly string[]): readonly string[] {
  if (headers.length % 2 !== 0) return fitting([...headers, ''])
  let framed = false
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    if (UNFIT.test(value)) throw unfit(name, value)
    if (!TOKEN.test(name)) throw unfit(name, value)
    framed ||= FRAMING.test(name)
  }
  return framed ? headers.filter((_, at) => !FRAMING.test(headers[at - (at % 2)] ?? '')) : headers
}

/** Those that a refusal brings; a step of the user's own may have given them. */
export function ownHeaders(refusal: Refusal): readonly string[] {
  const { headers } = refusal
  return headers.length === 0 || refusal.trusted ? headers : fitting(headers)
}

function unfit(name: string, value: string): TypeError {
  return new TypeError(`no header can be '${name}: ${value}'`)
}

/** A field's name, and what its value may not hold (RFC 9110, 5.1 and 5.5). */
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/
