/** AWS's extensions of a whole document. */
import type { PolicyDocument, RefusalOverride } from '../definition.js'
import type { DocumentationPart } from '../docs.js'
import type { Context, Draft } from './context.js'
import { isFields, type Place } from './place.js'
import { refusalsOf } from './refusals.js'
import { show } from './report.js'
import { resourcePolicyOf } from './resourcepolicy.js'
import { VALIDATOR, VALIDATORS } from './validation.js'

type Reader = (context: Context, at: Place, draft: Draft) => void

const NAME = 'x-amazon-apigateway-'

const READERS: Readonly<Record<string, Reader>> = {
  'gateway-responses': (context, at, draft) => {
    draft.refusals = refusalsOf(context, at) as Record<string, RefusalOverride>
  },
  policy: (context, at, draft) => {
    const policy = resourcePolicyOf(context, at)
    if (policy !== undefined) draft.resourcePolicy = policy as unknown as PolicyDocument
  },
  cors,
  'binary-media-types': (_, at, draft) => {
    draft.binaryMediaTypes = at.items.flatMap((each) => each.text ?? [])
  },
  'api-key-source': apiKeySource,
  'endpoint-configuration': endpoint,
  'minimum-compression-size': (_, at, draft) => {
    const size = typeof at.value === 'string' ? Number(at.value) : at.value
    if (typeof size === 'number') draft.minimumCompressionSize = size
  },
  documentation: (context, at, draft) => {
    const parts = context.references.follow(at).at('documentationParts').value
    const version = at.at('version').text
    const partsVersion = version === undefined ? {} : { partsVersion: version }
    if (Array.isArray(parts))
      draft.docs = { ...draft.docs, parts: parts as DocumentationPart[], ...partsVersion }
  },
  'importexport-version': () => {},
}

/** Extensions that are read. */
const READ: ReadonlySet<string> = new Set([
  ...Object.keys(READERS).map((name) => NAME + name),
  VALIDATOR,
  VALIDATORS,
])

export function readExtensions(context: Context, draft: Draft): void {
  for (const [name, reader] of Object.entries(READERS)) {
    const at = context.root.at(NAME + name)
    if (at.given && at.value !== null) reader(context, at, draft)
  }
  for (const [name, at] of context.root.fields) {
    if (!name.startsWith(NAME) || READ.has(name)) continue
    context.report.warn(at, 'EXTENSION_UNKNOWN', `${show(name)} has no effect on an API`, 'Leave it out.')
  }
}

/** Of HTTP APIs. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-cors-configuration.html */
function cors({ report }: Context, at: Place, draft: Draft): void {
  const list = (name: string) => {
    const named = at.at(name).items.flatMap((each) => each.text ?? [])
    return named.length === 0 || named.includes('*') ? undefined : named
  }
  const origins = list('allowOrigins')
  const open = origins?.find((each) => each.includes('*'))
  if (open !== undefined) {
    const fix = 'Name the origins, one by one.'
    report.warn(
      at.at('allowOrigins'),
      'EXTENSION_UNSUPPORTED',
      `${show(open)} is not matched: it is left out`,
      fix,
    )
  }
  const named = origins?.filter((each) => !each.includes('*'))
  const [methods, headers, exposeHeaders] = [
    list('allowMethods'),
    list('allowHeaders'),
    list('exposeHeaders'),
  ]
  const { value: maxAge } = at.at('maxAge')
  draft.cors = {
    ...(named && { origins: named }),
    ...(methods && { methods }),
    ...(headers && { headers }),
    ...(exposeHeaders && { exposeHeaders }),
    ...(at.at('allowCredentials').value === true && { credentials: true }),
    ...(typeof maxAge === 'number' && maxAge >= 0 && { maxAge: maxAge * 1000 }),
  }
}

function apiKeySource({ report }: Context, at: Place, draft: Draft): void {
  const source = at.text?.toLowerCase()
  if (source === 'header' || source === 'authorizer') draft.apiKeySource = source
  else
    report.fault(
      at,
      'VALUE_INVALID',
      `${show(at.value)} is no source of API keys`,
      "Write 'HEADER' or 'AUTHORIZER'.",
    )
}

function endpoint({ report, references }: Context, given: Place, draft: Draft): void {
  const at = references.follow(given)
  if (!isFields(at.value)) return
  draft.endpoint = at.value
  const disabled = at.at('disableExecuteApiEndpoint')
  if (disabled.value !== true) return
  const fix = 'Give `domains`, and `defaultEndpoint: false`.'
  report.warn(disabled, 'NO_EFFECT', 'every host is served, as long as there are no `domains`', fix)
}
