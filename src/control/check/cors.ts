/** Cross-origin rules. */
import type { CorsPolicy } from '../../definition.js'
import { boolean, type Check, duration, eitherOr, formed, list, object, text } from './shapes.js'
import { type Spot, show } from './spot.js'

/** RFC 9110, section 5.6.2: what methods and header names are made of. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/

const origin: Check = text('an origin', (at, value) => {
  const meant = originOf(value)
  if (meant === value) return
  const fix = meant === undefined ? `Write scheme, host and port: 'https://acme.com'.` : `Write '${meant}'.`
  at.fault(
    'ORIGIN_INVALID',
    `${show(value)} is not an origin`,
    value === '*' ? `Write \`origins: '*'\`.` : fix,
  )
})

/** The origin as browsers send it, as far as the text names one. */
function originOf(value: string): string | undefined {
  if (value.includes('*') || !URL.canParse(value)) return undefined
  const url = new URL(value)
  // Beyond http and https the URL standard knows no origins, but apps in web views send them: capacitor://localhost
  if (url.origin === 'null') return url.host === '' ? undefined : `${url.protocol}//${url.host}`
  return url.origin
}

const origins: Check = (at) => {
  if (typeof at.value !== 'string') list('a list of origins', origin)(at)
  else if (at.value !== '*') {
    const fix = "Write '*', or a list of origins: ['https://acme.com']."
    at.fault('VALUE_INVALID', `${show(at.value)} is neither '*' nor a list`, fix)
  }
}

const shape = object<CorsPolicy>('a CORS policy', {
  origins,
  methods: list('a list of methods', formed('a method', TOKEN, `a method: 'GET'`, 'VALUE_INVALID')),
  headers: list('a list of header names', headerName()),
  exposeHeaders: list('a list of header names', headerName()),
  credentials: boolean,
  maxAge: duration(0),
})

export function headerName(): Check {
  return formed('a header name', TOKEN, `a header name: 'x-request-id'`, 'HEADER_INVALID')
}

/** @see https://fetch.spec.whatwg.org/#cors-protocol-and-credentials */
function credentialsFault(at: Spot): void {
  const origins = at.at('origins').value ?? '*'
  if (at.at('credentials').value !== true || origins !== '*') return
  const fix = `List the origins: \`origins: ['https://app.acme.com']\`.`
  at.at('credentials').fault(
    'CORS_CREDENTIALS',
    'browsers refuse credentials where every origin is allowed',
    fix,
  )
}

export const cors: Check = eitherOr([true, false], (at) => {
  shape(at)
  credentialsFault(at)
})
