/** Signatures are refused in AWS's words, where it has some. */
import { Refusal } from '../exchange.js'

/** @param words what the caller is told */
export function refused(words: string, detail: string = words): Refusal {
  return new Refusal('INVALID_SIGNATURE', detail, words)
}

/** The same words for an unknown access key and a wrong token: which of them it was is the operator's to know. */
export function unrecognized(detail: string): Refusal {
  return refused('The security token included in the request is invalid.', detail)
}

export function repeated(name: string): Refusal {
  return refused(`'${name}' must be given once.`)
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/** All that it tells, the caller has sent. */
export function mismatched(canonicalRequest: string, stringToSign: string): Refusal {
  const words =
    `${MISMATCH}\n\nThe Canonical String for this request should have been\n'${canonicalRequest}'\n\n` +
    `The String-to-Sign should have been\n'${stringToSign}'\n`
  return refused(words, 'the signature is of another request or by another key')
}
