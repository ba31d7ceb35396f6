/** What is sent to a service, by its protocol. */
import { Buffer } from 'node:buffer'
import { type Exchange, Refusal } from '../../exchange.js'
import type { MappedRequest } from '../../integration.js'
import { encodeQuery, filled, type PathTemplate } from './path.js'
import type { Service } from './services.js'

/** What of a request differs from call to call. */
export interface ServiceCall {
  readonly method: string
  /** Path and query, encoded. */
  readonly path: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export type MakeCall = (exchange: Exchange, mapped: MappedRequest) => ServiceCall | Refusal

/** How a service is called. */
export interface Calling {
  readonly action: string
  /** Of a service by its path. */
  readonly path: PathTemplate | undefined
  readonly method: string | undefined
}

export function callOf(service: Service, calling: Calling): MakeCall {
  const { protocol } = service
  if (calling.path !== undefined) return byPath(calling.path, calling.method)
  if (protocol.kind === 'json') {
    const type = `application/x-amz-json-${protocol.version}`
    return byJson({ 'content-type': type, 'x-amz-target': `${protocol.target}.${calling.action}` })
  }
  const version = protocol.kind === 'query' ? protocol.version : ''
  return byQuery(
    [
      ['Action', calling.action],
      ['Version', version],
    ],
    calling.method ?? 'POST',
  )
}

/** What the signature, the connection or the protocol says: nobody's to map. */
const OWN: ReadonlySet<string> = new Set([
  ...[
    'host',
    'authorization',
    'x-amz-date',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'content-length',
  ],
  ...['connection', 'transfer-encoding', 'expect', 'user-agent', 'x-amzn-trace-id'],
])

/** A value that is signed and sent as the very same bytes. */
const SENDABLE = /^[\t\x20-\x7e]*$/

function headersOf(mapped: readonly string[], own: Readonly<Record<string, string>>) {
  const headers: Record<string, string> = Object.create(null)
  for (let index = 0; index < mapped.length; index += 2) {
    const name = (mapped[index] ?? '').toLowerCase()
    const value = mapped[index + 1] ?? ''
    if (OWN.has(name) || Object.hasOwn(own, name)) continue
    if (!SENDABLE.test(value))
      return new Refusal('BAD_REQUEST_PARAMETERS', `no signed header can be '${name}: ${value.slice(0, 80)}'`)
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`
  }
  return Object.assign(headers, own)
}

/** The body says what, the header says which action. */
function byJson(own: Readonly<Record<string, string>>): MakeCall {
  return (_, { headers: mapped, query, body }) => {
    const headers = headersOf(mapped, own)
    if (headers instanceof Refusal) return headers
    const path = query.length === 0 ? '/' : `/?${encodeQuery(query)}`
    return { method: 'POST', path, headers, body: body.length === 0 ? '{}' : body }
  }
}

const FORM = 'application/x-www-form-urlencoded'
/** What says what is done and by whom, which is not the caller's to say. */
const FIXED: ReadonlySet<string> = new Set(['action', 'version', 'awsaccesskeyid', 'securitytoken'])
const SIGNING = /^(?:x-amz-|signature)/i

/** A form of parameters, one of which is the action: from the mapped query, and from a body that is a form. */
function byQuery(fixed: readonly (readonly [string, string])[], method: string): MakeCall {
  return (_, { headers: mapped, query, body }) => {
    const given = formIn(mapped, body)
    if (given instanceof Refusal) return given
    const pairs = [...fixed, ...[...query, ...given].filter(([name]) => !isFixed(name))]
    const form = encodeQuery(pairs)
    // AWS's gateway asks for JSON, which some of these services can give instead of XML.
    const accept = { accept: 'application/json' }
    const inUrl = method === 'GET'
    const headers = headersOf(
      mapped,
      inUrl ? accept : { ...accept, 'content-type': `${FORM}; charset=utf-8` },
    )
    if (headers instanceof Refusal) return headers
    if (!inUrl) return { method, path: '/', headers, body: form }
    delete headers['content-type']
    return { method, path: `/?${form}`, headers, body: '' }
  }
}

function isFixed(name: string): boolean {
  return FIXED.has(name.toLowerCase()) || SIGNING.test(name)
}

function formIn(headers: readonly string[], body: Uint8Array): [string, string][] | Refusal {
  if (body.length === 0) return []
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type')
  const type = (headers[at + 1] ?? '').split(';')[0]?.trim().toLowerCase()
  if (at !== -1 && type === FORM) return [...new URLSearchParams(Buffer.from(body).toString())]
  const words = `the service takes forms: map the request to ${FORM}, or to its query`
  return new Refusal('UNSUPPORTED_MEDIA_TYPE', words)
}

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Everything is as the service's own API has it. */
function byPath(template: PathTemplate, own: string | undefined): MakeCall {
  return (exchange, mapped) => {
    const path = filled(template, exchange, mapped.path)
    if (path instanceof Refusal) return path
    const method = mapped.method ?? own ?? exchange.request.method
    const bodiless = BODILESS.has(method)
    const headers = headersOf(mapped.headers, {})
    if (headers instanceof Refusal) return headers
    if (bodiless) delete headers['content-type']
    const query = [template.query, encodeQuery(mapped.query)].filter((each) => each !== '').join('&')
    return {
      method,
      path: query === '' ? path : `${path}?${query}`,
      headers,
      body: bodiless ? '' : mapped.body,
    }
  }
}
