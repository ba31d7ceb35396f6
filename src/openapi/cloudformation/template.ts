/** A template: its sections, and its resources by their ids. */
import { dirname, isAbsolute } from 'node:path'
import { escaped, type Fields, isFields, own } from '../place.js'
import { type Loaded, loadFile, within } from '../read.js'
import { type Report, show } from '../report.js'
import { Conditions } from './conditions.js'
import { Evaluator, type Valued } from './evaluate.js'
import { NamesOf } from './names.js'
import type { CloudFormationOptions } from './options.js'
import { Parameters } from './parameters.js'
import { Part, Trace } from './trace.js'

/** More than AWS takes (500), less than would tire. */
const MOST_RESOURCES = 5_000

/** Those of AWS's own that make nothing of an API's resources, and SAM's, which is read here. */
const TRANSFORMS: ReadonlySet<unknown> = new Set([
  'AWS::Serverless-2016-10-31',
  'AWS::LanguageExtensions',
  'AWS::CodeDeployBlueGreen',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
])

export class Template {
  readonly trace = new Trace()
  readonly conditions: Conditions
  readonly parameters: Parameters
  readonly evaluator: Evaluator
  readonly names: NamesOf
  readonly #resources: ReadonlyMap<string, Resource>

  constructor(
    readonly loaded: Loaded,
    readonly report: Report,
    readonly options: CloudFormationOptions,
  ) {
    this.conditions = new Conditions(this.section('Conditions'), report)
    this.#refuseMacros()
    this.parameters = new Parameters(this.section('Parameters'), options.parameters ?? {}, report)
    this.names = new NamesOf(this)
    this.evaluator = new Evaluator(this.names, this.conditions, report, this.trace)
    this.conditions.evaluator = this.evaluator
    this.#resources = this.#read()
  }

  section(name: string): Fields {
    const section = own(this.loaded.root, name)
    if (section === undefined || section === null || isFields(section)) return section ?? {}
    this.report.fault(`#/${name}`, 'WRONG_TYPE', `${show(section)} is no section`, 'Write an object.')
    return {}
  }

  /** What a macro makes of a template is not in it. */
  #refuseMacros(): void {
    for (const transform of [own(this.loaded.root, 'Transform') ?? []].flat()) {
      if (typeof transform === 'string' && TRANSFORMS.has(transform)) continue
      const name = isFields(transform) ? own(transform, 'Name') : transform
      const fix = 'Give the template as it is once they have run: `aws cloudformation get-template`.'
      this.report.fault('#/Transform', 'UNRESOLVED', `the macro ${show(name)} does not run here`, fix)
    }
  }

  /** Whether `AWS::Serverless` is to be understood in it. */
  get isServerless(): boolean {
    const transform = own(this.loaded.root, 'Transform')
    return [transform].flat().includes('AWS::Serverless-2016-10-31')
  }

  resource(id: string): Resource | undefined {
    return this.#resources.get(id)
  }

  /** Those of the types, as far as their conditions hold. */
  all(...types: readonly string[]): readonly Resource[] {
    return [...this.#resources.values()].filter((each) => types.includes(each.type) && each.active)
  }

  get resources(): Iterable<Resource> {
    return this.#resources.values()
  }

  nothing(pointer: string): Part {
    return new Part(undefined, pointer, this.trace)
  }

  /** A file beside the template, as `aws cloudformation package` would take it along. */
  file(location: string, pointer: string): Valued | undefined {
    const { path } = this.loaded
    const remote = /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(location)
    const found =
      remote || path === undefined || isAbsolute(location) ? undefined : within(dirname(path), location)
    if (typeof found === 'object') {
      const file = loadFile(found.path, this.report, location)
      return file && { value: file.root, pointer: `${location}#` }
    }
    const what = remote
      ? 'is not fetched'
      : found === 'missing'
        ? 'is not there'
        : 'is looked for in no folder'
    const fix = 'Put what it holds into the template, or into a file beside it.'
    const code = remote ? 'REFERENCE_REMOTE' : found === 'missing' ? 'REFERENCE_BROKEN' : 'REFERENCE_OUTSIDE'
    this.report.fault(pointer, code, `${show(location)} ${what}`, fix)
    return undefined
  }

  #read(): ReadonlyMap<string, Resource> {
    const section = this.section('Resources')
    const ids = Object.keys(section)
    if (ids.length === 0) {
      this.report.fault('#/Resources', 'REQUIRED', 'a template has `Resources`', 'Write the API into it.')
    } else if (ids.length > MOST_RESOURCES) {
      const message = `${ids.length} resources are more than the ${MOST_RESOURCES} that are read`
      this.report.fault('#/Resources', 'DOCUMENT_TOO_LARGE', message, 'Split the template, as for AWS.')
      return new Map()
    }
    const made = new Map<string, Resource>()
    for (const id of ids) {
      const pointer = `#/Resources/${escaped(id)}`
      const given = section[id]
      const type = own(given, 'Type')
      if (isFields(given) && typeof type === 'string')
        made.set(id, new Resource(this, id, type, given, pointer))
      else if (id.startsWith('Fn::')) {
        const message = `${show(id)} makes resources on AWS alone`
        this.report.fault(pointer, 'RESOURCE_UNSUPPORTED', message, 'Write the resources that it makes.')
      } else
        this.report.fault(
          pointer,
          'REQUIRED',
          'a resource has a `Type`',
          "Write { Type: 'AWS::…', Properties: … }.",
        )
    }
    return made
  }
}

export class Resource {
  readonly #parts = new Map<string, Part>()
  #active: boolean | undefined

  constructor(
    readonly template: Template,
    readonly id: string,
    readonly type: string,
    readonly given: Fields,
    readonly pointer: string,
  ) {}

  get active(): boolean {
    const condition = own(this.given, 'Condition')
    this.#active ??=
      typeof condition !== 'string' || this.template.conditions.holds(condition, `${this.pointer}/Condition`)
    return this.#active
  }

  get properties(): readonly string[] {
    const properties = own(this.given, 'Properties')
    return isFields(properties) ? Object.keys(properties) : []
  }

  /** Of its properties, as it stands there. */
  raw(name: string): unknown {
    return own(own(this.given, 'Properties'), name)
  }

  /** A property: resolved when it is asked for, as nobody asks for all of them. */
  at(name: string): Part {
    const known = this.#parts.get(name)
    if (known !== undefined) return known
    const part = this.template.evaluator.part(this.raw(name), `${this.pointer}/Properties/${escaped(name)}`)
    this.#parts.set(name, part)
    return part
  }

  /** Tells of the properties that nobody here acts upon. @param quiet read elsewhere, or of no consequence */
  unheeded(read: ReadonlySet<string>): void {
    for (const name of this.properties) {
      if (read.has(name) || this.raw(name) === null || !this.at(name).given) continue
      const message = `${show(name)} of ${this.type} has no counterpart here`
      const at = `${this.pointer}/Properties/${escaped(name)}`
      this.template.report.warn(at, 'RESOURCE_UNSUPPORTED', message, 'Leave it to AWS.')
    }
  }
}
