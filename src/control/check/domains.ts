/** Hosts, and the stages that they lead to. */
import type { Scope } from './scope.js'
import { type Check, isObject, nameOf, record } from './shapes.js'
import { type Spot, show } from './spot.js'

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const HOST = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'i')

/** A segment of a base path, as AWS has it but for quotes and parentheses. */
const SEGMENT = /^(?!\.\.?$)[\w$.+!*~-]+$/

export function domains({ stages }: Scope): Check {
  const stage = nameOf('stage', 'STAGE_UNKNOWN', stages)
  return (at) => {
    if (!isObject(at, 'domains by host')) return
    const seen = new Map<string, string>()
    for (const [host, each] of at.fields) {
      hostFault(host, each)
      duplicateFault(host.toLowerCase(), host, each, seen)
      if (typeof each.value === 'string') stage(each)
      else basePaths(stage)(each)
    }
  }
}

function basePaths(stage: Check): Check {
  const seen = new Map<string, string>()
  return record('a stage, or stages by base path', (at, path) => {
    const segments = basePathSegments(path)
    if (segments.some((segment) => !SEGMENT.test(segment))) {
      const fix = `Write segments of letters, digits and $-_.+!*~, such as 'v1' or 'shop/v1'; '' is the empty base path.`
      at.fault('BASE_PATH_INVALID', `${show(path)} is no base path`, fix)
    }
    duplicateFault(segments.join('/'), path, at, seen)
    stage(at)
  })
}

/** The segments of a base path: `'v1'` and `'/v1/'` alike; none of the empty one. */
export function basePathSegments(path: string): readonly string[] {
  const inner = path.replace(/^\//, '').replace(/\/$/, '')
  return inner === '' ? [] : inner.split('/')
}

function hostFault(host: string, at: Spot): void {
  if (HOST.test(host)) return
  at.fault(
    'HOST_INVALID',
    `${show(host)} is no host`,
    `Write a host alone, without scheme, port or '*': 'api.acme.com'.`,
  )
}

function duplicateFault(meaning: string, spelling: string, at: Spot, seen: Map<string, string>): void {
  const before = seen.get(meaning)
  if (before !== undefined)
    at.fault('DUPLICATE', `${show(spelling)} means the same as ${show(before)}`, 'Keep one of them.')
  else seen.set(meaning, spelling)
}
