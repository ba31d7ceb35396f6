/** Gateway responses, as overrides of refusals. */
import { FAMILIES, REFUSALS } from '../refusal.js'
import type { Context } from './context.js'
import { byName, type Fields, type Place } from './place.js'
import { show } from './report.js'

const TYPES: ReadonlySet<string> = new Set([...Object.keys(REFUSALS), ...FAMILIES])
/** AWS does not let it be customized. */
const FIXED = 'REQUEST_TOO_LARGE'

export function refusalsOf(context: Context, at: Place): Record<string, Fields> {
  const made: Record<string, Fields> = byName()
  for (const [type, each] of at.fields) {
    if (TYPES.has(type) && type !== FIXED) made[type] = overrideOf(context, context.references.follow(each))
    else {
      const fix = `There is ${[...TYPES].filter((name) => name !== FIXED).join(', ')}.`
      context.report.warn(
        each,
        'REFUSAL_UNSUPPORTED',
        `${show(type)} is no refusal that can be written otherwise`,
        fix,
      )
    }
  }
  return made
}

function overrideOf(context: Context, at: Place): Fields {
  const { value: status } = at.at('statusCode')
  const code = typeof status === 'string' ? Number(status) : status
  const fits = typeof code === 'number' && code >= 400 && code <= 599
  if (typeof code === 'number' && !fits) {
    const fix = 'Write one from 400 to 599: whoever is refused is to see it.'
    context.report.warn(
      at.at('statusCode'),
      'REFUSAL_UNSUPPORTED',
      `${show(status)} is no status of a refusal`,
      fix,
    )
  }
  const headers = headersOf(context, at.at('responseParameters'))
  const templates = at
    .at('responseTemplates')
    .fields.flatMap(([type, { text }]) => (text === undefined ? [] : [[type, text] as const]))
  return {
    ...(fits && { status: code }),
    ...(headers.length > 0 && { headers: byName(headers) }),
    ...(templates.length > 0 && { templates: byName(templates) }),
  }
}

function headersOf({ report }: Context, at: Place): [name: string, value: string][] {
  return at.fields.flatMap(([target, each]) => {
    const [, name] = /^gatewayresponse\.header\.(.+)$/.exec(target) ?? []
    const value = valueOf(each.text ?? '')
    if (name !== undefined && value !== undefined) return [[name, value]]
    const fix = `Write 'gatewayresponse.header.name', and a constant in quotes or context.…: "'*'".`
    const message = `${show(target)}: ${show(each.value)} does not hold`
    report.warn(each, 'REFUSAL_UNSUPPORTED', message, fix)
    return []
  })
}

/** A constant in quotes, or a variable. */
function valueOf(text: string): string | undefined {
  const [, constant] = /^'(.*)'$/s.exec(text) ?? []
  if (constant !== undefined) return constant
  return /^(?:context|stageVariables)\.[\w.-]+$/.test(text) ? `$${text}` : undefined
}
