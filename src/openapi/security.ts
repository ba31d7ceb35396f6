/** Security schemes, and what operations require of them. */
import type { Authorize, AuthorizerDefinition } from '../access.js'
import type { PlainData } from '../docs.js'
import { AUTHORIZER, readAuthorizer } from './authorizers.js'
import type { Context } from './context.js'
import { byName, isFields, type Place } from './place.js'
import { show } from './report.js'
import { shaped } from './shapes.js'

/** What a scheme is to the gateway. */
type Scheme =
  | { readonly kind: 'apiKey' }
  | { readonly kind: 'iam' }
  | { readonly kind: 'authorizer'; readonly name: string }
  /** It is checked by whoever answers, if at all. */
  | { readonly kind: 'other'; readonly fix: string }

/** What an operation requires. */
export interface Required {
  readonly apiKey: boolean
  readonly authorize: Authorize | undefined
  /** As the document has it, where that is more, or other, than is asked. */
  readonly docs: readonly PlainData[] | undefined
}

const NOTHING: Required = { apiKey: false, authorize: undefined, docs: undefined }

/** What signs: AWS's own scheme, which OpenAPI has no word for. */
const SIGNED = new Set(['awssigv4', 'aws_iam'])

export class Security {
  readonly authorizers: Record<string, AuthorizerDefinition> = byName()
  /** As the document has them. */
  readonly docs: Record<string, PlainData> = byName()
  readonly #schemes = new Map<string, Scheme>()
  readonly #root: Place

  constructor(readonly context: Context) {
    const { root, version, references } = context
    this.#root = root.at('security')
    const keys = version === '2.0' ? ['securityDefinitions'] : ['components', 'securitySchemes']
    for (const [name, each] of root.in(keys).fields) {
      const at = references.follow(each)
      shaped(context.report, at, 'scheme')
      if (isFields(at.value)) this.docs[name] = at.value
      this.#schemes.set(name, this.#scheme(name, at))
    }
  }

  /** @param operation what it says for itself holds instead of what the document says for all */
  required(operation: Place): Required {
    const own = operation.at('security')
    const given = own.given ? own : this.#root
    const auth = operation.at('x-amazon-apigateway-auth').at('type').text?.toLowerCase()
    const iam = SIGNED.has(auth ?? '')
    const required = given.items.length === 0 ? NOTHING : this.#alternatives(given)
    return iam && required.authorize === undefined ? { ...required, authorize: 'iam' } : required
  }

  #scheme(name: string, at: Place): Scheme {
    if (this.context.beside.authorizers.has(name)) return { kind: 'authorizer', name }
    if (SIGNED.has(at.at('x-amazon-apigateway-authtype').text?.toLowerCase() ?? '')) return { kind: 'iam' }
    if (at.at(AUTHORIZER).given) {
      this.authorizers[name] = readAuthorizer(this.context, name, at)
      return { kind: 'authorizer', name }
    }
    const type = at.at('type').text
    const isHeader = at.at('in').value === 'header' && at.at('name').text?.toLowerCase() === 'x-api-key'
    if (type === 'apiKey' && isHeader) return { kind: 'apiKey' }
    return { kind: 'other', fix: fixFor(name, type) }
  }

  /** One of several will do: the first that the gateway can check is asked for. */
  #alternatives(given: Place): Required {
    const [first, ...others] = given.items
    if (first === undefined) return NOTHING
    if (others.length === 0) return this.#all(first, given)
    const chosen = given.items.find((each) => each.fields.length > 0 && this.#checks(each)) ?? first
    const optional = given.items.some((each) => each.fields.length === 0)
    const why = optional ? 'nothing at all would do, too' : 'one of several would do'
    const message = `${why}: ${words(chosen)} is asked of all`
    const fix = 'Require one thing, or several together.'
    this.context.report.warn(given, 'SECURITY_UNSUPPORTED', message, fix)
    return { ...this.#all(chosen, given), docs: given.value as readonly PlainData[] }
  }

  /** Whether all that it names is checked here. */
  #checks(requirement: Place): boolean {
    return requirement.fields.every(([name]) => {
      const scheme = this.#schemes.get(name)
      return scheme !== undefined && scheme.kind !== 'other'
    })
  }

  #all(requirement: Place, given: Place): Required {
    let required = NOTHING
    let whole = true
    for (const [name, scopes] of requirement.fields) {
      const scheme = this.#schemes.get(name)
      if (scheme === undefined || scheme.kind === 'other') {
        whole = false
        this.#unchecked(name, scopes, scheme)
      } else if (scheme.kind === 'apiKey') required = { ...required, apiKey: true }
      else if (required.authorize === undefined) required = { ...required, authorize: asked(scheme, scopes) }
      else {
        const fix = 'Let one authorizer ask for both.'
        this.context.report.fault(
          scopes,
          'SECURITY_UNSUPPORTED',
          'two authorizers are asked for at once',
          fix,
        )
      }
    }
    return whole ? required : { ...required, docs: given.value as readonly PlainData[] }
  }

  #unchecked(name: string, at: Place, scheme: Scheme | undefined): void {
    const { report } = this.context
    if (scheme?.kind === 'other') {
      const message = `the gateway does not check ${show(name)}: whoever answers has to`
      report.warn(at, 'SECURITY_NOT_ENFORCED', message, scheme.fix)
    } else {
      const message = `there is no security scheme ${show(name)}: nothing is asked for`
      report.warn(at, 'SECURITY_UNKNOWN', message, `Define ${show(name)} among the security schemes.`)
    }
  }
}

function asked(scheme: Exclude<Scheme, { readonly kind: 'apiKey' | 'other' }>, scopes: Place): Authorize {
  const named = scopes.items.flatMap((each) => each.text ?? [])
  if (scheme.kind !== 'authorizer') return 'iam'
  return named.length === 0 ? scheme.name : { authorizer: scheme.name, scopes: named }
}

function words(requirement: Place): string {
  return requirement.fields.map(([name]) => show(name)).join(' with ') || 'nothing'
}

function fixFor(name: string, type: string | undefined): string {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
  if (type === 'mutualTLS') return `Give \`authorizers: { ${key}: { mtls: { trustStore } } }\`.`
  if (type === 'apiKey')
    return "API keys are read from the header 'x-api-key': name it, or give an authorizer."
  if (type === 'openIdConnect' || type === 'oauth2' || type === 'http') {
    return `Give \`authorizers: { ${key}: { jwt: { issuer, audience } } }\`, or a function.`
  }
  return `Give \`authorizers: { ${key}: … }\`.`
}
