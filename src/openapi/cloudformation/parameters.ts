/** What the parameters of a template stand for. */
import { compilePattern } from '../../validate/pattern.js'
import { PatternFault } from '../../validate/syntax.js'
import { escaped, type Fields, isFields, own } from '../place.js'
import { type Report, show } from '../report.js'
import type { CloudFormationOptions } from './options.js'

export type ParameterValue = string | readonly string[]

export class Parameters {
  readonly #known = new Map<string, ParameterValue | undefined>()

  constructor(
    readonly section: Fields,
    readonly given: NonNullable<CloudFormationOptions['parameters']>,
    readonly report: Report,
  ) {
    for (const name of Object.keys(given)) {
      if (this.has(name)) continue
      const names = Object.keys(section).join(', ')
      const fix = names === '' ? 'It has none.' : `It has ${names}.`
      report.fault('#/Parameters', 'PARAMETER_UNKNOWN', `the template has no parameter ${show(name)}`, fix)
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.section, name)
  }

  /** @returns `undefined` where it has no value, or none that it may have, which is reported then */
  value(name: string): ParameterValue | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#value(name))
    return this.#known.get(name)
  }

  #value(name: string): ParameterValue | undefined {
    const at = `#/Parameters/${escaped(name)}`
    const definition = own(this.section, name)
    const type = String(own(definition, 'Type') ?? 'String')
    const given = own(this.given, name)
    const value = given ?? own(definition, 'Default')
    // The value of a stored parameter is known to AWS alone; what the template has is its name.
    if (value === undefined || (given === undefined && type.startsWith('AWS::SSM::Parameter::Value'))) {
      const what = value === undefined ? 'has no value' : 'is kept by AWS'
      this.report.fault(
        at,
        'REQUIRED',
        `the parameter ${show(name)} ${what}`,
        `Give \`parameters: { ${name}: '…' }\`.`,
      )
      return undefined
    }
    const made = /List(?:<|$)/.test(type) ? listOf(value) : textOf(value)
    if (made === undefined) {
      this.report.fault(
        at,
        'WRONG_TYPE',
        `${show(value)} is no ${type} for the parameter ${show(name)}`,
        'Give a text.',
      )
      return undefined
    }
    if (isFields(definition)) this.#check(name, definition, type, made)
    return made
  }

  #check(name: string, definition: Fields, type: string, value: ParameterValue): void {
    const at = `#/Parameters/${escaped(name)}`
    const allowed = own(definition, 'AllowedValues')
    for (const each of typeof value === 'string' ? [value] : value) {
      const wrong = isUnfit(definition, type, each)
      if (Array.isArray(allowed) && !allowed.some((one) => String(one) === each)) {
        const fix = `Give one of ${allowed.slice(0, 20).map(String).join(', ')}.`
        this.report.fault(
          at,
          'VALUE_INVALID',
          `${show(each)} is no value that the parameter ${show(name)} may have`,
          fix,
        )
      } else if (wrong !== undefined) {
        const described = textOf(own(definition, 'ConstraintDescription'))
        const message = `${show(each)} does not fit the parameter ${show(name)}: ${described ?? wrong}`
        this.report.fault(at, 'VALUE_INVALID', message, 'Give another one.')
      }
    }
  }
}

function isUnfit(definition: Fields, type: string, value: string): string | undefined {
  const bound = (name: string) => Number(textOf(own(definition, name)) ?? Number.NaN)
  if (type === 'Number' || type === 'List<Number>') {
    const number = Number(value)
    if (value.trim() === '' || Number.isNaN(number)) return 'it is no number'
    if (number < bound('MinValue')) return `the least is ${bound('MinValue')}`
    return number > bound('MaxValue') ? `the most is ${bound('MaxValue')}` : undefined
  }
  if (value.length < bound('MinLength')) return `it has at least ${bound('MinLength')} characters`
  if (value.length > bound('MaxLength')) return `it has at most ${bound('MaxLength')} characters`
  const pattern = own(definition, 'AllowedPattern')
  return typeof pattern !== 'string' || fits(pattern, value)
    ? undefined
    : `it does not match ${show(pattern)}`
}

/** The whole of it, in time that no pattern can stretch. One that cannot be matched so holds nobody up. */
function fits(pattern: string, value: string): boolean {
  try {
    return compilePattern(`^(?:${pattern})$`).test(value)
  } catch (error) {
    if (error instanceof PatternFault) return true
    throw error
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function listOf(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value)
    ? value.map(textOf)
    : textOf(value)
        ?.split(',')
        .map((each) => each.trim())
  return list?.every((each) => each !== undefined) ? (list as readonly string[]) : undefined
}
