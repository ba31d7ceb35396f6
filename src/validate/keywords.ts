/** Keywords of ajv's own, made fit for what callers send. */
import type { default as Ajv, CodeKeywordDefinition, KeywordCxt } from 'ajv'
import { codeOf } from './engine.js'

type Code = CodeKeywordDefinition['code']

/**
 * Whether a number is a multiple of another one, in the decimals that both are written in: 19.99 is one of 0.01, though
 * a division of the two as floating point says otherwise.
 */
function isMultiple(value: number, of: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) return value % of === 0
  const [one, other] = [decimal(value), decimal(of)]
  const least = Math.min(one.exponent, other.exponent)
  const scaled = ({ digits, exponent }: Decimal) => digits * 10n ** BigInt(exponent - least)
  return Number.isFinite(value) && scaled(one) % scaled(other) === 0n
}

interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

function decimal(value: number): Decimal {
  const [mantissa = '', exponent] = value.toExponential().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

/** To be called before keywords are added that say what is evaluated. */
export function harden(ajv: Ajv): void {
  rework(ajv, 'multipleOf', () => (context) => {
    const { gen, data, schemaCode } = context
    const { _ } = codeOf()
    const multiple = gen.scopeValue('func', { ref: isMultiple })
    context.fail$data(_`!${multiple}(${data}, ${schemaCode})`)
  })
  rework(ajv, 'contains', (code) => (context, rule) => {
    forgetting(context)
    code(context, rule)
  })
  rework(ajv, 'unevaluatedProperties', (code) => (context, rule) => {
    withoutPrototype(context)
    code(context, rule)
  })
}

/** Nothing where the draft has no such keyword. */
function rework(ajv: Ajv, keyword: string, rewritten: (code: Code) => Code): void {
  const definition = ajv.getKeyword(keyword)
  if (typeof definition !== 'object' || !('code' in definition)) return
  ajv.removeKeyword(keyword)
  ajv.addKeyword({ ...definition, keyword, code: rewritten(definition.code) })
}

/**
 * An item that is not what the list must contain is no fault. ajv keeps one for each all the same until the list is
 * over, which for the millions of items that a body has room for takes a gigabyte.
 */
function forgetting(context: KeywordCxt): void {
  const subschema = context.subschema.bind(context)
  context.subschema = (applied, valid) => {
    const inner = subschema({ ...applied, createErrors: false }, valid)
    context.reset()
    return inner
  }
}

/** The properties that are evaluated are an object's: what that inherits, such as `constructor`, is none of them. */
function withoutPrototype({ gen, it: { props } }: KeywordCxt): void {
  if (props === undefined || !isName(props)) return
  const { _ } = codeOf()
  gen.if(_`${props} && ${props} !== true`, () => gen.code(_`Object.setPrototypeOf(${props}, null)`))
}

type Name = InstanceType<ReturnType<typeof codeOf>['Name']>

function isName(props: unknown): props is Name {
  return props instanceof codeOf().Name
}
