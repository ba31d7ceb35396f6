/** What it means where a call to an upstream fails. */
import { PosternError } from '../../errors.js'
import { Refusal } from '../../exchange.js'

/** The codes of undici for answers that are none, or larger than any should be. */
const MALFORMED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
])
/**
 * Of requests that it does not send: no target is to blame. Nor is it for an answer whose head is too long: it may
 * repeat what callers say.
 */
const BLAMELESS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])
/** What undici says of a connection on which something came that nobody asked for. */
const UNASKED = /^bad (?:response|upgrade)$/

/**
 * What is refused where nothing of an answer has come.
 *
 * @param where whom it was sent to
 * @param isDawdling whether the caller has kept it waiting
 */
export function refusalOf(error: Error, where: string, isDawdling: boolean): Refusal {
  const type = isMalformed(error) ? 'MALFORMED_INTEGRATION_ANSWER' : 'INTEGRATION_FAILURE'
  return new Refusal(
    type,
    `${where}: ${wordsOf(error)}${isDawdling ? ', while the caller sent no more' : ''}`,
  )
}

function isMalformed(error: Error): boolean {
  const { code, name, message } = error as Error & { readonly code?: unknown }
  return name === 'HTTPParserError' || MALFORMED.has(String(code)) || UNASKED.test(message)
}

/** What the caller or the gateway itself has done, for which no target is to blame. */
export function isBlameless(error: Error): boolean {
  const { code } = error as { readonly code?: unknown }
  return error instanceof PosternError || BLAMELESS.has(String(code))
}

/** What to do about failures whose own words do not say it. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there speaks no TLS: http:// asks it without',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is its own: `tls: { ca }` names whom to trust',
  SELF_SIGNED_CERT_IN_CHAIN:
    'the authority of its certificate is not known: `tls: { ca }` names whom to trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the authority of its certificate is not known: `tls: { ca }` names whom to trust',
}

/** Where several addresses were tried, what came of the first. */
function wordsOf(error: Error): string {
  const { errors, code } = error as { readonly errors?: readonly unknown[]; readonly code?: unknown }
  const [first] = Array.isArray(errors) ? errors : []
  const words = (first instanceof Error ? first.message : '') || error.message || error.name
  return WAYS_OUT[String(code)] ?? words.trim()
}

export function gone(): PosternError {
  return new PosternError('CALLER_GONE', 'the caller went away before the integration had answered')
}

export function superseded(): Error {
  return new Error('another call has taken its place')
}
