/** How an integration's requests and answers are mapped. */
import type { RequestMapping, ResponseMapping } from '../../integration.js'
import type { Context } from '../context.js'
import { byName, type Place } from '../place.js'
import { show } from '../report.js'
import { httpParameters } from './httpparameters.js'

type Draft<T> = { -readonly [K in keyof T]?: T[K] }

const BEHAVIORS = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'] as const
const HANDLINGS = ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'] as const

export function requestMapping(context: Context, at: Place): RequestMapping | undefined {
  const made: Draft<RequestMapping> = {}
  const parameters = texts(context, at.at('requestParameters'))
  if (parameters !== undefined)
    made.parameters = httpParameters(context, at.at('requestParameters'), parameters)
  const templates = texts(context, at.at('requestTemplates'))
  if (templates !== undefined) made.templates = templates
  const passthrough = oneOf(context, at.at('passthroughBehavior'), BEHAVIORS)
  if (passthrough !== undefined) made.passthroughBehavior = passthrough
  const handling = oneOf(context, at.at('contentHandling'), HANDLINGS)
  if (handling !== undefined) made.contentHandling = handling
  return Object.keys(made).length === 0 ? undefined : made
}

/** The default one last: it is for what no pattern matches. */
export function responseMappings(context: Context, at: Place): readonly ResponseMapping[] | undefined {
  const all = at.at('responses').fields.map(([pattern, each]) => responseMapping(context, pattern, each))
  const isDefault = ({ selectionPattern }: ResponseMapping) => selectionPattern === undefined
  return all.length === 0 ? undefined : [...all.filter((each) => !isDefault(each)), ...all.filter(isDefault)]
}

function responseMapping(context: Context, pattern: string, at: Place): ResponseMapping {
  const made: Draft<ResponseMapping> = {}
  if (pattern !== 'default') made.selectionPattern = pattern
  const { value: status } = at.at('statusCode')
  if (typeof status === 'string' || typeof status === 'number') made.statusCode = String(status)
  const parameters = texts(context, at.at('responseParameters'))
  if (parameters !== undefined) made.parameters = parameters
  const templates = texts(context, at.at('responseTemplates'))
  if (templates !== undefined) made.templates = templates
  const handling = oneOf(context, at.at('contentHandling'), HANDLINGS)
  if (handling !== undefined) made.contentHandling = handling
  return made
}

/** Texts by name; what is none is reported, and left out. A template of null is one that does nothing. */
function texts({ report }: Context, at: Place): Record<string, string> | undefined {
  if (at.fields.length === 0) return undefined
  const made: Record<string, string> = byName()
  for (const [name, each] of at.fields) {
    if (each.text !== undefined) made[name] = each.text
    else if (each.value !== null)
      report.fault(each, 'WRONG_TYPE', `${show(each.value)} is no text`, 'Write a text.')
  }
  return made
}

/** In whichever case. */
function oneOf<T extends string>({ report }: Context, at: Place, values: readonly T[]): T | undefined {
  if (!at.given || at.value === null) return undefined
  const found = values.find((value) => value === at.text?.toUpperCase())
  if (found === undefined) {
    report.fault(
      at,
      'VALUE_INVALID',
      `${show(at.value)} is none of ${values.join(', ')}`,
      'Write one of them.',
    )
  }
  return found
}
