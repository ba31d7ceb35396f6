/** Client certificates. */
import { parseTrustStore, trustFault } from '../../authorize/certificate.js'
import type { MtlsOptions } from '../../definition.js'
import type { Scope } from './scope.js'
import { type Check, formed, object, oneOrMore } from './shapes.js'
import { type Spot, show } from './spot.js'

export function mtls(scope: Scope): Check {
  const header: Check = (at) => {
    headerName(at)
    const message = 'is believed from proxies of `trustProxy` only, and there are none'
    const fix = "Give `trustProxy: ['10.0.0.0/8']`, or leave it out where callers connect directly."
    if (!scope.proxied) at.fault('REQUIRED', message, fix)
  }
  return object<{ readonly mtls: MtlsOptions }>('an authorizer by client certificates', {
    mtls: object<MtlsOptions>('certificate options', { trustStore, header }, ['trustStore']),
  })
}

const headerName = formed(
  'a header name',
  /^[!#$%&'*+\-.^_`|~\w]+$/,
  `a header name: 'x-client-cert'`,
  'HEADER_INVALID',
)

const PEM = "Give PEM: '-----BEGIN CERTIFICATE----- …', of the authorities who issue clients' certificates."
const READ = "Give what is in the file, as a text: readFileSync('ca.pem', 'utf8')."

const WITHOUT =
  'Leave it out, and those that it has certified: nobody would be held to what it asks of the certificates below it.'

const each = oneOrMore((at) => {
  const { value } = at
  if (typeof value !== 'string') return at.fault('WRONG_TYPE', `${show(value)} is not a trust store`, READ)
  if (isPath(value)) return at.fault('TRUST_STORE_INVALID', `${show(value)} looks like a path`, READ)
  try {
    for (const certificate of parseTrustStore([value])) {
      const fault = trustFault(certificate)
      if (fault !== undefined) at.fault('TRUST_STORE_INVALID', fault, WITHOUT)
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    at.fault('TRUST_STORE_INVALID', `is no trust store: ${reason}`, PEM)
  }
})

function trustStore(at: Spot): void {
  each(at)
  if (Array.isArray(at.value) && at.value.length === 0) at.fault('TRUST_STORE_INVALID', 'trusts nobody', PEM)
}

function isPath(text: string): boolean {
  return /^[^\n]{1,1024}$/.test(text) && /^[.~]{0,2}[\\/]|^[a-z]:\\|\.(?:pem|crt|cer|der)$/i.test(text)
}
