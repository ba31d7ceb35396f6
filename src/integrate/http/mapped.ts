/** HTTP: the upstream gets what a mapping makes of the request, the caller what another makes of the answer. */
import { fieldOf, without } from '../../answer.js'
import { type Exchange, type Integration, type Outcome, Refusal } from '../../exchange.js'
import { encodingsOf, inflated } from '../../inflate.js'
import type { CompileMapping, Inbound, IntegrationResult, MappedRequest } from '../../integration.js'
import { isPromise } from '../../store/bounded.js'
import { isStream, release } from '../../stream.js'
import { receivedRequest, waitedFor } from '../../waiting.js'
import { isNamed } from './fields.js'
import { type Compiling, methodOf } from './integration.js'
import { PathTemplate, QueryTemplate } from './path.js'
import { sent } from './transport.js'

export function mapped({ options, site, rules, way }: Compiling, mappingOf: CompileMapping): Integration {
  const mapping = mappingOf(options, site)
  const template = new PathTemplate(way.path, site.route.path)
  const query = new QueryTemplate(way.query)
  const method = methodOf(options)

  async function ask(exchange: Exchange, given: MappedRequest | Refusal): Promise<Outcome> {
    if (given instanceof Refusal) return given
    const path = template.fill(exchange, given.path)
    if (path instanceof Refusal) return path
    const outbound = {
      origin: '',
      method: given.method ?? method(exchange),
      path: path + query.fill(exchange, '', given),
      headers: fieldsOf(exchange, given, way.host),
      body: given.body.length === 0 ? undefined : given.body,
    }
    const inbound = await sent(rules, way.choice, exchange, outbound)
    if (inbound instanceof Refusal) return inbound
    if ('socket' in inbound) throw new TypeError('an upgrade that nobody asked for')
    const result = await waitedFor(exchange, rules.timeout, 'the answer was not whole', (stoppedBy) => {
      const { body } = inbound
      if (isStream(body)) stoppedBy(() => release(body))
      return resultOf(inbound, site.bodyLimit)
    })
    return result instanceof Refusal ? result : mapping.answer(exchange, result)
  }

  return (exchange) => {
    const given = receivedRequest(exchange, rules.timeout, mapping.request(exchange))
    return isPromise(given) ? given.then((late) => ask(exchange, late)) : ask(exchange, given)
  }
}

/** What a mapping gives, and what an upstream is told beside it, as AWS has it. */
function fieldsOf({ requestId }: Exchange, { headers }: MappedRequest, host: string | undefined): string[] {
  const isGiven = (key: string) => headers.some((name, index) => index % 2 === 0 && isNamed(name, key))
  const fields = [...headers]
  if (host !== undefined && !isGiven('host')) fields.push('host', host)
  if (!isGiven('accept')) fields.push('accept', 'application/json')
  if (!isGiven('x-amzn-requestid')) fields.push('x-amzn-requestid', requestId)
  return fields
}

/** All of what came back, as it was before it was compressed. */
async function resultOf(
  { status, headers, body }: Inbound,
  limit: number,
): Promise<IntegrationResult | Refusal> {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of body instanceof Uint8Array ? [body] : body) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
      size += bytes.length
      if (size > limit) return malformed(`more than ${limit} bytes, which is more than can be mapped`)
      pieces.push(bytes)
    }
    return decompressed(status, headers, Buffer.concat(pieces, size), limit)
  } catch (error) {
    return malformed(error instanceof Error ? error.message : 'it broke off')
  }
}

/** Upstreams are not asked to compress, and some do all the same. */
async function decompressed(
  status: number,
  headers: readonly string[],
  body: Uint8Array,
  limit: number,
): Promise<IntegrationResult | Refusal> {
  const given = fieldOf(headers, 'content-encoding')
  if (body.length === 0 || given === undefined) return { status, headers, body }
  const encodings = encodingsOf(given)
  if (encodings === 'unknown') return malformed(`its encoding is '${given}'`)
  const bytes = await inflated(body, encodings, limit)
  if (bytes === 'broken') return malformed(`it is no '${given}'`)
  if (bytes === 'large') return malformed(`more than ${limit} bytes, which is more than can be mapped`)
  return { status, headers: without(headers, OF_ENCODING), body: bytes }
}

/** What was said of the compressed bytes. */
const OF_ENCODING: ReadonlySet<string> = new Set(['content-encoding', 'content-length'])

function malformed(why: string): Refusal {
  return new Refusal('MALFORMED_INTEGRATION_ANSWER', `the answer could not be read: ${why}`)
}
