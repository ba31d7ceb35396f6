/**
 * What Lambda authorizers answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
import type { Grant } from './grant.js'
import { compilePolicy } from './policy.js'

/** Who calls and what it may, as a Lambda authorizer says it. */
export interface Result extends Grant {
  readonly policy: NonNullable<Grant['policy']>
}

/** @throws TypeError for what is no result */
export function resultOf(answer: unknown): Result {
  const { principalId, policyDocument, context, usageIdentifierKey } = overTheWire(answer)
  if (typeof principalId !== 'string' || principalId === '') throw malformed('`principalId` is no text')
  return {
    principal: principalId,
    policy: policyOf(policyDocument),
    context: contextOf(context),
    usageKey: usageKeyOf(usageIdentifierKey),
  }
}

type Fields = Readonly<Record<string, unknown>>

/** From Lambda it would come as JSON: what is kept of it here is a copy, too, and plain data. */
function overTheWire(answer: unknown): Fields {
  const copy: unknown = JSON.parse(JSON.stringify(answer) ?? 'null')
  if (!isFields(copy)) throw malformed('it is no object')
  return copy
}

function policyOf(document: unknown): Result['policy'] {
  if (!isFields(document)) throw malformed('`policyDocument` is no object')
  try {
    return compilePolicy(document, 'identity')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(`of a Lambda authorizer's answer, ${reason}`, { cause })
  }
}

/** Texts, numbers and booleans, which reach the app as texts. */
function contextOf(context: unknown): Readonly<Record<string, string>> {
  if (context === undefined || context === null) return {}
  if (!isFields(context)) throw malformed('`context` is no object')
  const texts: [string, string][] = []
  for (const [name, value] of Object.entries(context)) {
    if (value === null) continue
    if (typeof value === 'object')
      throw malformed(`\`context.${name}\` is ${Array.isArray(value) ? 'a list' : 'an object'}`)
    texts.push([name, String(value)])
  }
  return Object.freeze(Object.fromEntries(texts))
}

function usageKeyOf(key: unknown): string | undefined {
  if (key === undefined || key === null) return undefined
  if (typeof key !== 'string') throw malformed('`usageIdentifierKey` is no text')
  return key
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(what: string): TypeError {
  return new TypeError(
    `a Lambda authorizer's answer is malformed, ${what}: { principalId, policyDocument, context?, usageIdentifierKey? }`,
  )
}
