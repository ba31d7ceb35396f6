/**
 * The resource that a request is for, as policies name it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
import type { Exchange } from '../exchange.js'

/** What resource ARNs are made of, beside the request. */
export interface ArnParts {
  readonly region: string
  readonly accountId: string
  readonly api: string
}

/**
 * `arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/pets/7`, or `…/$default/GET/` for the root of the one stage.
 *
 * The path is the one that was matched, in canonical form, so that every spelling of it is the same resource: `%61` is
 * `a`, a slash at the end is left off, `%2F` stays `%2F`. What would mean something in a policy is encoded (`%2A`,
 * `%3F`, `%7B`): an authorizer that allows the very ARN it was given allows that one, and not what a caller's `*` would
 * stand for. The method is the caller's; `HEAD` where it is served by a `GET` route is `GET`, as it follows the policy
 * of that.
 */
export function methodArn(parts: ArnParts, exchange: Exchange): string {
  const { at, request, on } = exchange
  const method = request.method === 'HEAD' && on?.method === 'GET' ? 'GET' : request.method
  return arnOf(parts, at?.name ?? '', method, exchange)
}

/**
 * What an app could take the resource `arn` for, spelt as {@link loosePath} spells it, where that is not the same for all
 * apps: Express runs `/admin` for `/ADMIN`, `express.static` reads `%2F` as a slash, and what answers `GET` answers a
 * `HEAD` that no route of its own is for.
 */
export function mistakableArns(parts: ArnParts, exchange: Exchange, arn: string): readonly string[] {
  const { at, on, request } = exchange
  const arns = request.foldsCase || arn.includes('%2F') ? [arn] : []
  if (request.method === 'HEAD' && on?.method !== 'GET' && on?.method !== 'HEAD')
    arns.push(arnOf(parts, at?.name ?? '', 'GET', exchange))
  return arns.map(loosePath)
}

function arnOf(parts: ArnParts, stage: string, method: string, exchange: Exchange): string {
  return `${apiArn(parts)}/${stage}/${method}${pathOf(exchange)}`
}

function pathOf({ target, from }: Exchange): string {
  const canonical = target?.canonical(from) ?? '/'
  const path = canonical.length > 1 && canonical.endsWith('/') ? canonical.slice(0, -1) : canonical
  return path.includes('*') ? path.replaceAll('*', '%2A') : path
}

/** `arn:aws:execute-api:us-east-1:123456789012:api` */
function apiArn({ region, accountId, api }: ArnParts): string {
  return `arn:${partitionOf(region)}:execute-api:${region}:${accountId}:${api}`
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** Text of a policy's resource, spelt as canonical paths are. What is encoded there already stays what it is. */
export function spellPath(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+|[^%/]+/g, (part) => encode(decode(part)))
}

/** The same for a value, in which `%` is nothing but that. */
export function spellValue(text: string): string {
  return text.replace(/[^/]+/g, encode)
}

/** Text of a path or of an ARN, as an app may take it that knows no case, and takes an encoded slash for one. */
export function loosePath(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return spellPath(text)
    .replaceAll('%2F', '/')
    .replace(/[^/]+/g, (part) => encode(fold(decode(part))))
}

/** Needs no encoding, and has none. */
const PLAIN = /^[\w!$&'()+,\-./:;=@~]*$/

/** All that a regular expression's `i` takes for alike is alike. */
export function fold(text: string): string {
  return text.toUpperCase().toLowerCase()
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** As canonical paths are encoded (RFC 3986, `pchar`), but for `*`. A lone surrogate is in none of them. */
function encode(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replaceAll('*', '%2A')
  return encoded.replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
}
