/** Mappings of requests and results: everything in them is compiled once, to see whether it can be. */

import { MappingFault } from '../../integrate/mapping/faults.js'
import { javaPattern } from '../../integrate/mapping/pattern.js'
import { readSource, type Side } from '../../integrate/mapping/source.js'
import { checkPair, readTarget } from '../../integrate/mapping/target.js'
import { compileTemplate } from '../../integrate/mapping/template.js'
import type { MappingOptions, RequestMapping, ResponseMapping } from '../../integration.js'
import type { FaultCode } from '../faults.js'
import { type Check, type FieldChecks, list, object, oneOf, record, text } from './shapes.js'
import { type Spot, show } from './spot.js'

/** Whatever a mapping cannot be compiled from. */
function compiling(at: Spot, code: FaultCode, compile: () => unknown): void {
  try {
    compile()
  } catch (error) {
    if (!(error instanceof MappingFault)) throw error
    at.fault(code, error.message, error.fix)
  }
}

const TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/

function templates(also: readonly string[]): Check {
  return record('templates by content type', (at, type) => {
    if (!TYPE.test(type) && !also.includes(type)) {
      const fix = "Write the type alone, 'application/json', without a charset."
      at.fault('CONTENT_TYPE_INVALID', `${show(type)} is no content type`, fix)
    }
    text('a template', (each, source) => compiling(each, 'TEMPLATE_INVALID', () => compileTemplate(source)))(
      at,
    )
  })
}

function parameters(side: Side): Check {
  return record('parameters', (at, name) => {
    text('a source of a value', (each, source) =>
      compiling(each, 'MAPPING_INVALID', () => checkPair(readTarget(name, side), readSource(source, side))),
    )(at)
  })
}

const contentHandling = oneOf('CONVERT_TO_BINARY', 'CONVERT_TO_TEXT')

const request = object<RequestMapping>('a mapping of requests', {
  parameters: parameters('request'),
  templates: templates(['$default']),
  passthroughBehavior: oneOf('WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'),
  contentHandling,
})

function status(at: Spot): void {
  const { value } = at
  const code = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof code === 'number' && Number.isInteger(code) && code >= 200 && code <= 599) return
  at.fault('NUMBER_INVALID', `${show(value)} is no status of an answer`, 'Write one from 200 to 599.')
}

const response = object<ResponseMapping>('an integration response', {
  selectionPattern: text('a pattern', (at, pattern) =>
    compiling(at, 'EXPRESSION_INVALID', () => javaPattern(pattern)),
  ),
  statusCode: status,
  parameters: parameters('response'),
  templates: templates([]),
  contentHandling,
})

function responses(at: Spot): void {
  list('a list of integration responses', response)(at)
  const defaults = at.items.filter((each) => isDefault(each.at('selectionPattern').value))
  for (const each of defaults.slice(1)) {
    const fix = 'Give all but one of them a `selectionPattern`.'
    each.fault('DUPLICATE', 'a second integration response without a pattern', fix)
  }
}

function isDefault(pattern: unknown): boolean {
  return pattern === undefined || pattern === ''
}

/** Of integrations whose requests and results are mapped: to be spread into the checks of their options. */
export const mappingChecks: FieldChecks<MappingOptions> = {
  request: unlessFunction(request),
  responses: unlessFunction(responses),
}

function unlessFunction(check: Check): Check {
  return (at) => {
    if (typeof at.value !== 'function') check(at)
  }
}
