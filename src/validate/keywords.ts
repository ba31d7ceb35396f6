/** Keywords of ajv's own, made fit for what callers send. */
import type { default as Ajv, CodeKeywordDefinition, KeywordCxt } from 'ajv'
import { codeOf } from './engine.js'

type Code = CodeKeywordDefinition['code']

/** To be called before keywords are added that say what is evaluated. */
export function harden(ajv: Ajv): void {
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
