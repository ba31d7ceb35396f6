/** What answers a route, as `x-amazon-apigateway-integration` says it. */
import { type Duration, milliseconds } from '../../clock.js'
import type { Policy } from '../../definition.js'
import type { IntegrationDefinition } from '../../integration.js'
import { INTEGRATION } from '../integration/read.js'
import { isFields } from '../place.js'
import { INTEGRATION_OPTIONS } from '../validation.js'
import { writtenKind } from './kinds.js'
import { isDeclared, type Placed } from './operations.js'
import { given, isPlain, type Json, type Writer } from './writer.js'

/** @returns `undefined` where the app itself answers, or nothing can be said of it */
export function writtenIntegration(writer: Writer, placed: Placed): Json | undefined {
  const { route, pointer } = placed
  const { docs = {}, cache }: Policy = route.policy ?? {}
  if (!writer.extensions) {
    if (route.integration === undefined) return undefined
    const message = 'what answers it can be said with extensions only'
    writer.report.warn(pointer, 'EXPORT_UNSUPPORTED', message, 'Write `extensions: true`.')
    return undefined
  }
  if (route.handler !== undefined) {
    const message = 'a handler of this process answers it, which no document can name'
    writer.report.warn(pointer, 'EXPORT_UNSUPPORTED', message, 'Deploy it, and name it by lambda(arn).')
    return undefined
  }
  const made = route.integration === undefined ? undefined : extensionOf(writer, route.integration, placed)
  if (made === undefined && docs.integration === undefined) return undefined
  const { options, ...extension } = made ?? {}
  return given({
    [INTEGRATION]: { ...extension, ...docs.integration, ...(isDeclared(cache) ? keyOf(cache) : {}) },
    [INTEGRATION_OPTIONS]: isFields(options) && Object.keys(options).length > 0 ? options : undefined,
  })
}

/** The extension, and the options that AWS has no words for. */
function extensionOf(
  writer: Writer,
  { kind, options }: IntegrationDefinition,
  placed: Placed,
): Json | undefined {
  const written = writtenKind(kind.type, { ...options } as Json, writer.definition.region)
  const { docs }: Policy = placed.route.policy ?? {}
  if (written === undefined) {
    if (docs?.integration !== undefined) return {}
    const message = `its ${kind.type} integration runs in this process, which no document can name`
    writer.report.warn(
      placed.pointer,
      'EXPORT_UNSUPPORTED',
      message,
      'Name a function of AWS by lambda(arn).',
    )
    return undefined
  }
  const { extension, rest } = written
  const { timeout, ...others } = withoutSecrets(writer, placed, rest)
  const plain = Object.entries(others).filter(([name, value]) => isPlain(value) || lost(writer, placed, name))
  return given({
    ...extension,
    timeoutInMillis: timeout === undefined ? undefined : milliseconds(timeout as Duration),
    options: Object.fromEntries(plain.filter(([, value]) => value !== undefined && isPlain(value))),
  })
}

/** Documents are handed round: what opens other doors is not in them. */
function withoutSecrets({ report }: Writer, { pointer }: Placed, { credentials, tls, ...rest }: Json): Json {
  const { key, cert, ...open } = isFields(tls) ? tls : {}
  const hasCredentials = typeof credentials === 'object' && credentials !== null
  const fix = 'Give it where the document is read, or let it come from the environment.'
  const secret = (name: string) =>
    report.warn(
      pointer,
      'EXPORT_UNSUPPORTED',
      `\`${name}\` of its integration is a secret, and is left out`,
      fix,
    )
  if (hasCredentials) secret('credentials')
  if (key !== undefined) secret('tls.key')
  // A certificate is shown by whoever has its key.
  const shown = key === undefined && cert !== undefined ? { cert, ...open } : open
  return {
    ...rest,
    ...(!hasCredentials && credentials !== undefined && { credentials }),
    ...(Object.keys(shown).length > 0 && { tls: shown }),
  }
}

function lost({ report }: Writer, { pointer }: Placed, name: string): false {
  const message = `\`${name}\` of its integration holds a function, and is left out`
  report.warn(
    pointer,
    'EXPORT_UNSUPPORTED',
    message,
    'Say it in data: by templates and mappings of parameters.',
  )
  return false
}

function keyOf({ key = {}, namespace }: Exclude<NonNullable<Policy['cache']>, boolean>): Json {
  const named = (place: string, names: readonly string[] = []) =>
    names.map((name) => `method.request.${place}.${name}`)
  const parameters = [
    ...named('path', key.path),
    ...named('querystring', key.query),
    ...named('header', key.headers),
  ]
  return given({ cacheKeyParameters: parameters, cacheNamespace: namespace })
}
