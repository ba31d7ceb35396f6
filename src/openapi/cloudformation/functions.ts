/** CloudFormation's intrinsic functions. */
import { isFields, own } from '../place.js'
import { show } from '../report.js'
import { type Evaluator, NOTHING, type Valued } from './evaluate.js'

/** One call of a function. */
export interface Call {
  readonly evaluator: Evaluator
  /** What it is given, as it stands there. */
  readonly given: unknown
  /** Of the call, and of what it is given. */
  readonly pointer: string
  readonly at: string
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
export const FUNCTIONS: Readonly<Record<string, (call: Call) => Valued>> = {
  Ref: (call) => {
    const { evaluator, given, pointer, at } = call
    if (typeof given !== 'string')
      return wrong(call, "Write the name of a parameter or resource: { Ref: 'Api' }.")
    return { value: evaluator.names.reference(given, at), pointer }
  },
  'Fn::GetAtt': attribute,
  'Fn::Sub': substitute,
  'Fn::Join': (call) => {
    const [delimiter, list] = args(call)
    const items = listOf(call, list, 1)
    const texts = items?.map(textOf)
    if (typeof delimiter !== 'string' || texts === undefined || !isTexts(texts)) {
      return wrong(call, "Write a delimiter and a list of texts: ['', ['a', 'b']].")
    }
    return text(call, texts.join(delimiter))
  },
  'Fn::Split': (call) => {
    const [delimiter, given] = args(call)
    const source = textOf(call.evaluator.evaluate(given, `${call.at}/1`).value)
    if (typeof delimiter !== 'string' || delimiter === '' || source === undefined) {
      return wrong(call, "Write a delimiter and a text: [',', 'a,b'].")
    }
    const { value, pointer } = text(call, source)
    return { value: String(value).split(delimiter), pointer }
  },
  'Fn::Select': (call) => {
    const [given, list] = args(call)
    const index = Number(textOf(call.evaluator.evaluate(given, `${call.at}/0`).value) ?? Number.NaN)
    const items = listOf(call, list, 1)
    const chosen = items?.[index]
    if (chosen === undefined || chosen === null) {
      return wrong(call, 'Write the number of an item, from 0 on, and a list that has so many: [0, [a, b]].')
    }
    return { value: chosen, pointer: call.pointer }
  },
  'Fn::If': (call) => {
    const { evaluator, given, at } = call
    const [name, yes, no] = args(call)
    if (typeof name !== 'string' || !Array.isArray(given) || given.length !== 3) {
      return wrong(call, "Write the name of a condition and two values: ['IsProd', a, b].")
    }
    return evaluator.conditions.holds(name, `${at}/0`)
      ? evaluator.evaluate(yes, `${at}/1`)
      : evaluator.evaluate(no, `${at}/2`)
  },
  'Fn::FindInMap': find,
  'Fn::Base64': (call) => {
    const source = textOf(call.evaluator.evaluate(call.given, call.at).value)
    if (source === undefined) return wrong(call, 'Write a text.')
    return text(call, Buffer.from(source, 'utf8').toString('base64'))
  },
  'Fn::ImportValue': (call) => {
    const { evaluator, given, at } = call
    const name = textOf(evaluator.evaluate(given, at).value)
    if (name === undefined) return wrong(call, 'Write the name of an export.')
    const known = evaluator.names.imported(name)
    if (known !== undefined) return { value: known, pointer: call.pointer }
    const fix = `Give \`imports: { ${show(name)}: '…' }\`.`
    evaluator.unresolved(`the export ${show(name)} of another stack`, at, fix)
    return { value: name, pointer: call.pointer }
  },
  'Fn::GetAZs': (call) => {
    call.evaluator.unresolved('the zones of a region', call.at, 'Write them.')
    return { value: [], pointer: call.pointer }
  },
  'Fn::Cidr': (call) => {
    call.evaluator.unresolved('a division of addresses', call.at, 'Write the blocks.')
    return { value: [], pointer: call.pointer }
  },
  'Fn::Length': (call) => {
    const { value } = call.evaluator.evaluate(call.given, call.at)
    if (!Array.isArray(value)) return wrong(call, 'Write a list.')
    return { value: value.length, pointer: call.pointer }
  },
  'Fn::ToJsonString': (call) => {
    const { value } = call.evaluator.evaluate(call.given, call.at)
    if (typeof value !== 'object' || value === null) return wrong(call, 'Write an object or a list.')
    return text(call, JSON.stringify(value))
  },
}

function wrong({ evaluator, at }: Call, fix: string): Valued {
  const name = at.slice(at.lastIndexOf('/') + 1)
  return evaluator.fault(at, `this is nothing that ${name} could be given`, fix)
}

function text({ evaluator, pointer }: Call, value: string): Valued {
  return { value: evaluator.made(value, pointer), pointer }
}

function args({ given }: Call): readonly unknown[] {
  return Array.isArray(given) ? given : []
}

/** A list, or what stands for one. */
function listOf({ evaluator, at }: Call, given: unknown, index: number): readonly unknown[] | undefined {
  const { value } = evaluator.evaluate(given, `${at}/${index}`)
  return Array.isArray(value) ? value : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function isTexts(texts: readonly (string | undefined)[]): texts is readonly string[] {
  return texts.every((each) => each !== undefined)
}

/** `['Api', 'RootResourceId']` or `'Api.RootResourceId'` */
function attribute(call: Call): Valued {
  const { evaluator, given, pointer, at } = call
  const list = typeof given === 'string' ? given.split(/\.(.*)/s, 2) : given
  const [id, name] = Array.isArray(list) ? list : []
  const known = textOf(evaluator.evaluate(name, `${at}/1`).value)
  if (typeof id !== 'string' || known === undefined) {
    return wrong(call, "Write a resource and its attribute: ['Api', 'RootResourceId'].")
  }
  return { value: evaluator.names.attribute(id, known, at), pointer }
}

/** `${Name}`, `${Name.Attribute}`, and `${!Literal}` for what is to stay. */
function substitute(call: Call): Valued {
  const { evaluator, given, at } = call
  const pair = Array.isArray(given) && given.length === 2 && isFields(given[1])
  const [template, own] = pair ? given : [given, {}]
  if (typeof template !== 'string')
    return wrong(call, 'Write a text, or a list of a text and the values of its names.')
  const at0 = pair ? `${at}/0` : at
  const made = template.replace(/\$\{([^{}$]+)\}/g, (whole, inner: string) => {
    const name = inner.trim()
    if (name.startsWith('!')) return `\${${name.slice(1)}}`
    const value = textOf(named(call, name, own, at0))
    if (value !== undefined) return value
    const fix = 'Name what is a text.'
    evaluator.report.fault(at0, 'VALUE_INVALID', `${show(whole)} is no text`, fix)
    return ''
  })
  // What is put in may itself be one of them, and is not looked at again.
  return text(call, made)
}

function named({ evaluator, at }: Call, name: string, beside: unknown, pointer: string): unknown {
  const here = own(beside, name)
  if (here !== undefined) {
    const { value } = evaluator.evaluate(here, `${at}/1/${name}`)
    return value === NOTHING ? '' : value
  }
  const dot = name.indexOf('.')
  if (dot === -1) return evaluator.names.reference(name, pointer)
  return evaluator.names.attribute(name.slice(0, dot), name.slice(dot + 1), pointer)
}

function find(call: Call): Valued {
  const { evaluator, at, pointer } = call
  const [map, first, second, options] = args(call)
  const [name, one, two] = [map, first, second].map((each, index) =>
    textOf(evaluator.evaluate(each, `${at}/${index}`).value),
  )
  if (name === undefined || one === undefined || two === undefined) {
    return wrong(call, "Write a mapping and two keys: ['Sizes', 'prod', 'size'].")
  }
  const found = own(own(evaluator.names.mapping(name), one), two)
  if (found !== undefined) return { value: found, pointer }
  const instead = own(options, 'DefaultValue')
  if (instead !== undefined) return evaluator.evaluate(instead, `${at}/3/DefaultValue`)
  return evaluator.fault(
    at,
    `the mapping ${show(name)} has nothing at ${show(one)}, ${show(two)}`,
    'Add it to `Mappings`.',
  )
}
