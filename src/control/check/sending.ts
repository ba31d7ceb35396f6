/** What integrations take that send something: until when, how often, and with whose credentials. */
import type { BreakerPolicy, IntegrationOptions, IntegrationPlace, RetryPolicy } from '../../integration.js'
import {
  type Check,
  duration,
  eitherOr,
  type FieldChecks,
  finite,
  formed,
  integer,
  isObject,
  list,
  object,
  text,
} from './shapes.js'
import { enumerate, type Spot, show } from './spot.js'

const SHORTEST = 50
const LONGEST = 900_000

/** To be spread into the checks of an integration's options. */
export const integrationChecks: FieldChecks<IntegrationOptions> = {
  timeout: duration(SHORTEST, LONGEST),
  retries: eitherOr(
    [false],
    object<RetryPolicy>('a policy of retries', {
      attempts: integer(1, 10),
      backoff: duration(0, 60_000),
      budget: finite(0, 1),
      statuses: list('a list of statuses', integer(400, 599)),
    }),
  ),
  breaker: eitherOr(
    [false],
    object<BreakerPolicy>('a policy of breakers', {
      failures: integer(1),
      cooldown: duration(1, LONGEST),
    }),
  ),
}

const VARIABLE = /\$\{stageVariables\.(\w+)\}/g

/** Stage variables that some stage does not have: `${stageVariables.alias}`. */
export function stageVariables(at: Spot, { variables }: IntegrationPlace): void {
  const { value } = at
  if (typeof value !== 'string') return
  const named = new Set([...value.matchAll(VARIABLE)].map(([, name = '']) => name))
  for (const name of named) {
    const without = [...variables].filter(([, names]) => !names.has(name)).map(([stage]) => show(stage))
    if (without.length === 0) continue
    const stages = `stage ${enumerate(without, 'and')}`
    at.fault(
      'VARIABLE_UNKNOWN',
      `stage variable ${show(name)} does not exist on ${stages}`,
      `Give it: stages: { ${without[0]?.slice(1, -1)}: { variables: { ${name}: '…' } } }.`,
    )
  }
}

/** What is neither text nor a variable: `$stageVariables.x`, `${stageVariable.x}`. */
export function strayVariables(at: Spot): void {
  const { value } = at
  if (typeof value !== 'string' || !value.replace(VARIABLE, '').includes('${')) return
  const fix = `Write stage variables as '\${stageVariables.name}'.`
  at.fault('VARIABLE_UNKNOWN', `${show(value)} has what is no stage variable`, fix)
}

/** What stands for AWS takes others than AWS gives: `test` of LocalStack. Not in words, either: it may be the secret. */
const accessKeyId = text('an access key id', (at, value) => {
  if (/^[\w.-]{1,128}$/.test(value)) return
  at.fault('NAME_INVALID', 'this is not an access key id', "Write one such as 'AKIA…': no slash, no space.")
})

/** The AWS SDK writes more into them than they need: whatever else there is, is left alone. */
export const credentials: Check = (at) => {
  if (typeof at.value === 'function' || !isObject(at, 'credentials')) return
  for (const name of ['accessKeyId', 'secretAccessKey'] as const) {
    if (!at.at(name).given) at.at(name).fault('REQUIRED', `credentials need \`${name}\``, `Add \`${name}\`.`)
  }
  if (at.at('accessKeyId').given) accessKeyId(at.at('accessKeyId'))
  for (const name of ['secretAccessKey', 'sessionToken'] as const) {
    const each = at.at(name)
    // Not in words: a secret is in no message.
    if (each.given && typeof each.value !== 'string')
      each.fault('WRONG_TYPE', 'no text', 'Write it as a string.')
  }
}

export const region = formed(
  'a region',
  /^[a-z]{2,}(?:-[a-z]+)+-\d+$/,
  "one such as 'eu-central-1'",
  'VALUE_INVALID',
)

/** Scheme, host and port. Stage variables would let whoever sets them choose where credentials go; they are the operator's. */
export const endpoint: Check = text('a URL', (at, value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const isOrigin =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (isOrigin) return
  const fix = "Write scheme, host and port: 'http://localhost:4566'."
  at.fault('URL_INVALID', `${show(value)} is no endpoint`, fix)
})
