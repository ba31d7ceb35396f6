/** Authorizers and API keys, as security schemes and requirements. */
import type { AuthorizerDefinition, JwtAuthorizer, JwtOptions } from '../../access.js'
import type { Policy } from '../../definition.js'
import type { PlainData } from '../../docs.js'
import { AUTHORIZER } from '../authorizers.js'
import { escaped, own } from '../place.js'
import type { Json, Writer } from './writer.js'
import { given } from './writer.js'

const API_KEY: PlainData = { type: 'apiKey', name: 'x-api-key', in: 'header' }
const SIGNED: PlainData = { type: 'apiKey', name: 'Authorization', in: 'header' }

export class SecurityWriter {
  readonly #schemes = new Map<string, PlainData>()

  constructor(readonly writer: Writer) {
    const { docs, authorizers } = writer.definition
    for (const [name, scheme] of Object.entries(docs?.securitySchemes ?? {})) this.#schemes.set(name, scheme)
    for (const [name, authorizer] of Object.entries(authorizers ?? {})) {
      const scheme = this.#schemes.get(name)
      if (scheme === undefined) this.#schemes.set(name, this.#schemeOf(name, authorizer))
      // Beside a document stands what one of its schemes means.
      else if (isJwt(authorizer) && own(scheme, AUTHORIZER) === undefined)
        this.#schemes.set(name, {
          ...scheme,
          [AUTHORIZER]: this.#jwtExtension(authorizer.jwt, pointerOf(name)),
        })
    }
  }

  /** By name; those that only routes have brought, too: ask when all of them are written. */
  get schemes(): Json | undefined {
    if (this.#schemes.size === 0) return undefined
    const all = [...this.#schemes].map(([name, scheme]) => [
      name,
      this.writer.extensions ? scheme : plain(scheme),
    ])
    return Object.fromEntries(all)
  }

  required({ apiKey, authorize, docs }: Policy, pointer: string): unknown {
    if (docs?.security !== undefined) return docs.security
    const names: Record<string, readonly string[]> = {}
    if (apiKey !== undefined && apiKey !== false) names[this.#named('api_key', API_KEY, isApiKey)] = []
    if (authorize !== undefined) {
      const [name, scopes] = this.#asked(authorize, pointer)
      names[name] = scopes
    }
    return Object.keys(names).length === 0 ? undefined : [names]
  }

  #asked(authorize: NonNullable<Policy['authorize']>, pointer: string): readonly [string, readonly string[]] {
    if (authorize === 'iam') return [this.#signed(), []]
    if (typeof authorize === 'string') return [authorize, this.#scopesOf(authorize)]
    if (typeof authorize === 'object' && 'authorizer' in authorize) {
      const { authorizer, scopes } = authorize
      return authorizer === 'iam' ? [this.#signed(), []] : [authorizer, scopes ?? this.#scopesOf(authorizer)]
    }
    if (typeof authorize === 'object' && 'iam' in authorize) return [this.#signed(), []]
    const name = `authorizer${this.#schemes.size + 1}`
    const authorizer = authorize as AuthorizerDefinition
    const scheme = this.#schemeOf(name, authorizer, pointer)
    const known = this.#named(name, scheme, (each) => JSON.stringify(each) === JSON.stringify(scheme))
    return [known, scopesIn(authorizer)]
  }

  /** A scheme has no scopes that hold wherever it is asked: those of an authorizer are said by each operation. */
  #scopesOf(name: string): readonly string[] {
    return scopesIn(own(this.writer.definition.authorizers, name) as AuthorizerDefinition | undefined)
  }

  #signed(): string {
    const scheme = { ...SIGNED, 'x-amazon-apigateway-authtype': 'awsSigv4' }
    return this.#named(
      'sigv4',
      scheme,
      (each) => String(each['x-amazon-apigateway-authtype']).toLowerCase() === 'awssigv4',
    )
  }

  /** The name of a scheme that will do, or of this one, which is added. */
  #named(name: string, scheme: PlainData, fits: (scheme: PlainData) => boolean): string {
    for (const [known, each] of this.#schemes) if (fits(each)) return known
    let free = name
    for (let count = 2; this.#schemes.has(free); count++) free = `${name}${count}`
    this.#schemes.set(free, scheme)
    return free
  }

  #schemeOf(name: string, authorizer: AuthorizerDefinition, pointer = pointerOf(name)): PlainData {
    if (isJwt(authorizer)) return this.#jwt(authorizer.jwt, pointer)
    if (typeof authorizer === 'object' && 'iam' in authorizer)
      return { ...SIGNED, 'x-amazon-apigateway-authtype': 'awsSigv4' }
    if (typeof authorizer === 'object' && 'mtls' in authorizer) {
      if (this.writer.version === '3.1') return { type: 'mutualTLS' }
      this.#lost(pointer, 'client certificates are a scheme of OpenAPI 3.1 only')
      return { type: 'apiKey', name: 'Authorization', in: 'header' }
    }
    this.#lost(pointer, `the authorizer '${name}' is a function of this process, which no document can name`)
    const header = typeof authorizer === 'object' && 'token' in authorizer ? authorizer.header : undefined
    return { type: 'apiKey', name: header ?? 'Authorization', in: 'header' }
  }

  #jwt(options: JwtOptions, pointer: string): PlainData {
    const { issuer, header = 'Authorization' } = options
    const extension = { [AUTHORIZER]: this.#jwtExtension(options, pointer) }
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    return this.writer.version === '2.0'
      ? { type: 'apiKey', name: header, in: 'header', ...extension }
      : { type: 'openIdConnect', openIdConnectUrl: address, ...extension }
  }

  #jwtExtension(options: JwtOptions, pointer: string): PlainData {
    const { issuer, audience, header = 'Authorization' } = options
    for (const name of ['jwks', 'algorithms', 'principal', 'clockTolerance'] as const) {
      if (options[name] === undefined || !this.writer.extensions) continue
      const message = `\`${name}\` of an authorizer cannot be said, and is left out`
      const fix = 'Give the authorizer beside the document, under the name of its scheme.'
      this.writer.report.warn(pointer, 'EXPORT_UNSUPPORTED', message, fix)
    }
    const jwtConfiguration = { issuer, audience: [audience].flat() }
    return { type: 'jwt', identitySource: `$request.header.${header}`, jwtConfiguration }
  }

  #lost(pointer: string, message: string): void {
    this.writer.report.warn(
      pointer,
      'EXPORT_UNSUPPORTED',
      message,
      'Describe the scheme in `docs.securitySchemes`.',
    )
  }
}

function isJwt(authorizer: AuthorizerDefinition): authorizer is JwtAuthorizer {
  return typeof authorizer === 'object' && 'jwt' in authorizer
}

function scopesIn(authorizer: AuthorizerDefinition | undefined): readonly string[] {
  return (authorizer !== undefined && isJwt(authorizer) && authorizer.jwt.scopes) || []
}

function pointerOf(scheme: string): string {
  return `#/components/securitySchemes/${escaped(scheme)}`
}

function isApiKey(scheme: PlainData): boolean {
  const name = own(scheme, 'name')
  const isAuthorizer = own(scheme, AUTHORIZER) !== undefined
  return (
    scheme.type === 'apiKey' &&
    scheme.in === 'header' &&
    String(name).toLowerCase() === 'x-api-key' &&
    !isAuthorizer
  )
}

function plain(scheme: PlainData): Json {
  return given(Object.fromEntries(Object.entries(scheme).filter(([name]) => !name.startsWith('x-amazon-'))))
}
