/** What the names in a template stand for. */
import { own } from '../place.js'
import { show } from '../report.js'
import { type Names, NOTHING, type Valued } from './evaluate.js'
import { functionArn, NAMINGS, type Pseudo, pseudoOf, pseudoParameter, suffixOf } from './physical.js'
import type { Resource, Template } from './template.js'

export const FUNCTION_TYPES = ['AWS::Lambda::Function', 'AWS::Serverless::Function']
/** Resources whose reference is another one of their properties than their id. */
const NAMED: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::ApiGatewayV2::Stage': 'StageName',
  'AWS::ApiGateway::Model': 'Name',
  'AWS::ApiGateway::DomainName': 'DomainName',
  'AWS::ApiGatewayV2::DomainName': 'DomainName',
}
const API = /^AWS::(?:ApiGateway|ApiGatewayV2)::|^AWS::Serverless::(?:Api|HttpApi)$/

/** The APIs that SAM makes for events which name none. */
export const IMPLICIT_REST = 'ServerlessRestApi'
export const IMPLICIT_HTTP = 'ServerlessHttpApi'

export class NamesOf implements Names {
  readonly pseudo: Pseudo
  readonly #open = new Set<string>()

  constructor(readonly template: Template) {
    this.pseudo = pseudoOf(template.options.pseudo)
  }

  reference(name: string, pointer: string): unknown {
    const { parameters, report, options } = this.template
    if (name === 'AWS::NoValue') return NOTHING
    if (parameters.has(name)) return parameters.value(name) ?? NOTHING
    const pseudo = pseudoParameter(name, this.pseudo)
    if (pseudo !== undefined) return pseudo
    const resource = this.template.resource(name)
    if (resource !== undefined)
      return this.#once(name, pointer, () => this.#resource(resource, 'Ref', pointer))
    const implied = own(options.values, name) ?? this.#implied(name, pointer)
    if (implied !== undefined) return implied
    const fix = 'Name a parameter or a resource of the template.'
    report.fault(pointer, 'REFERENCE_BROKEN', `there is nothing named ${show(name)}`, fix)
    return NOTHING
  }

  attribute(id: string, name: string, pointer: string): unknown {
    const resource = this.template.resource(id)
    if (resource !== undefined)
      return this.#once(`${id}.${name}`, pointer, () => this.#resource(resource, name, pointer))
    if (this.template.isServerless && (id === IMPLICIT_REST || id === IMPLICIT_HTTP)) return `${id}.${name}`
    const known = own(this.template.options.values, `${id}.${name}`)
    if (known !== undefined) return known
    const fix = 'Name a resource of the template.'
    this.template.report.fault(pointer, 'REFERENCE_BROKEN', `there is no resource ${show(id)}`, fix)
    return NOTHING
  }

  mapping(name: string): unknown {
    return own(this.template.section('Mappings'), name)
  }

  imported(name: string): string | undefined {
    return own(this.template.options.imports, name) as string | undefined
  }

  dynamic(reference: string): string | undefined {
    return own(this.template.options.values, reference) as string | undefined
  }

  included(location: string, pointer: string): Valued | undefined {
    return this.template.file(location, pointer)
  }

  /** A resource that names itself by way of its own properties never ends. */
  #once(what: string, pointer: string, work: () => unknown): unknown {
    if (this.#open.has(what)) {
      const message = `${show(what)} depends on itself`
      this.template.report.fault(pointer, 'REFERENCE_CYCLE', message, 'Write it without itself.')
      return NOTHING
    }
    this.#open.add(what)
    try {
      return work()
    } finally {
      this.#open.delete(what)
    }
  }

  #resource(resource: Resource, attribute: string, pointer: string): unknown {
    const { id, type } = resource
    const given = own(this.template.options.values, attribute === 'Ref' ? id : `${id}.${attribute}`)
    if (given !== undefined && !API.test(type)) return given
    if (API.test(type)) return this.#ofApi(resource, attribute)
    if (FUNCTION_TYPES.includes(type)) return this.#ofFunction(resource, attribute, pointer)
    if (type === 'AWS::Lambda::Alias' || type === 'AWS::Lambda::Version') return this.#qualified(resource)
    const naming = Object.hasOwn(NAMINGS, type) ? NAMINGS[type] : undefined
    const known = naming?.known[attribute]
    const name = naming && resource.at(naming.property).text
    if (known !== undefined && name !== undefined) return known(name, this.pseudo)
    // No role is taken on, whichever it be.
    if (known !== undefined && type === 'AWS::IAM::Role') return known(id, this.pseudo)
    return this.#unknown(id, attribute, pointer)
  }

  /** Within a template, an id is as good as that which AWS gives. */
  #ofApi(resource: Resource, attribute: string): unknown {
    const { id, type } = resource
    if (attribute === 'Ref') {
      const name = Object.hasOwn(NAMED, type) ? NAMED[type] : undefined
      return (name === undefined ? undefined : resource.at(name).text) ?? id
    }
    if (attribute === 'Stage') return resource.at('StageName').text ?? '$default'
    if (attribute === 'ApiEndpoint')
      return `https://${id}.execute-api.${this.pseudo.region}.${suffixOf(this.pseudo)}`
    return attribute !== 'RootResourceId' && attribute.endsWith('Id') ? id : `${id}.${attribute}`
  }

  #ofFunction(resource: Resource, attribute: string, pointer: string): unknown {
    if (attribute === 'Alias' || attribute === 'Version') return this.#aliased(resource, attribute, pointer)
    const name = this.functionName(resource, pointer)
    return attribute === 'Arn' ? functionArn(name, this.pseudo) : name
  }

  /** The name of a function; its id stands for it where the template gives it none. */
  functionName(resource: Resource, pointer: string): string {
    const { id } = resource
    const name = resource.at('FunctionName').text
    if (name !== undefined) return name
    const { report, options } = this.template
    if (Object.hasOwn(options.functions ?? {}, id)) return id
    const fix = `Give \`functions: { ${id}: handler }\`, or let it have a FunctionName.`
    report.warn(
      pointer,
      'FUNCTION_MISSING',
      `nobody knows here how AWS has named the function ${show(id)}`,
      fix,
    )
    return id
  }

  #qualified(resource: Resource): unknown {
    const of = resource.at('FunctionName').text ?? ''
    const arn = of.startsWith('arn:') ? of : functionArn(of, this.pseudo)
    const alias = resource.type === 'AWS::Lambda::Alias' ? resource.at('Name').text : undefined
    return alias === undefined ? arn : `${arn}:${alias}`
  }

  /** What SAM makes beside the resources that are written. */
  #implied(name: string, pointer: string): unknown {
    if (!this.template.isServerless) return undefined
    if (name === IMPLICIT_REST || name === IMPLICIT_HTTP) return name
    if (name === `${IMPLICIT_REST}ProdStage`) return 'Prod'
    const [id = '', part] = name.split('.')
    const resource = this.template.resource(id)
    if (resource !== undefined && part !== undefined) return this.#resource(resource, part, pointer)
    for (const each of this.template.all('AWS::Serverless::Api', 'AWS::Serverless::HttpApi')) {
      const stage = each.at('StageName').text
      if (name === `${each.id}${stage}Stage` || name === `${each.id}Stage`) return stage ?? '$default'
    }
    return undefined
  }

  #aliased(resource: Resource, part: string, pointer: string): string {
    const arn = functionArn(this.functionName(resource, pointer), this.pseudo)
    const alias = resource.at('AutoPublishAlias').text
    return part === 'Alias' && alias !== undefined ? `${arn}:${alias}` : arn
  }

  #unknown(id: string, attribute: string, pointer: string): string {
    const name = attribute === 'Ref' ? id : `${id}.${attribute}`
    const key = /^\w+$/.test(name) ? name : show(name)
    this.template.evaluator.unresolved(show(name), pointer, `Give \`values: { ${key}: '…' }\`.`)
    return name
  }
}
