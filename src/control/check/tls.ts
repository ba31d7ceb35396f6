/** The TLS options of connections to targets. */
import type { TlsOptions } from '../../integrate/http/connections.js'
import { boolean, formed, list, object, text } from './shapes.js'
import { type Spot, show } from './spot.js'

const tlsFields = object<TlsOptions>('TLS options', {
  ca: (at) => (Array.isArray(at.value) ? list('a list of certificates', pem)(at) : pem(at)),
  cert: pem,
  key: pem,
  servername: formed('a server name', /^[\w.-]{1,253}$/, "a host's name"),
  rejectUnauthorized: boolean,
})

/** Certificates and keys that fit together: else each call would fail, with the words of OpenSSL. */
export function tls(at: Spot): void {
  const before = at.faults.length
  tlsFields(at)
  if (at.faults.length > before || !at.given) return
  const { cert, key } = at.value as TlsOptions
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key']
    at.fault('REQUIRED', `a \`${there}\` is of no use alone`, `Give its \`${missing}\`, too.`)
    return
  }
  const reason = unfitFor(at.value as TlsOptions)
  const fix = 'Give certificates and keys as their files have them, and a `key` that its `cert` was made for.'
  if (reason !== undefined) at.fault('VALUE_INVALID', `these cannot be used: ${reason}`, fix)
}

function unfitFor({ ca, cert, key }: TlsOptions): string | undefined {
  try {
    const { X509Certificate } = process.getBuiltinModule('node:crypto')
    for (const each of [ca ?? []].flat()) new X509Certificate(each)
    process.getBuiltinModule('node:tls').createSecureContext({ cert, key })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function pem(at: Spot): void {
  text('PEM', (each, value) => {
    if (value.includes('-----BEGIN ')) return
    const fix = "Give the text itself, '-----BEGIN …': readFileSync(path, 'utf8')."
    each.fault('VALUE_INVALID', `${show(value)} is no PEM`, fix)
  })(at)
}
