/** What the gateway runs with: not data to be copied, but objects and functions to be called. */
import type { Runtime } from '../../definition.js'
import type { Fault } from '../../errors.js'
import { addressFault } from '../../resolve/address.js'
import type { CodedFault } from '../faults.js'
import { pathOf } from './path.js'
import {
  boolean,
  type Check,
  callable,
  duration,
  type FieldChecks,
  hinted,
  LONGEST_TIMEOUT,
  list,
  oneOf,
  text,
} from './shapes.js'
import { snapshot } from './snapshot.js'
import { enumerate, Spot } from './spot.js'

const COUNTERS = ['counter', 'take', 'usage', 'setRemaining', 'forget']
const ANSWERS = ['get', 'set', 'delete', 'flush']
const RECORDS = ['get', 'put', 'write', 'list']

const address: Check = text('an address', (at, value) => {
  const fault = addressFault(value)
  if (fault === undefined) return
  at.fault('ADDRESS_INVALID', fault, "Write an address, a CIDR block such as '10.0.0.0/8', or 'loopback'.")
})

/** Objects and functions of the user's own, which are called and not copied. */
const OBJECTS: FieldChecks<Pick<Runtime, 'clock' | 'store' | 'keys'>> = {
  clock: methodsOf('a clock', ['now']),
  store: (at) => {
    methodsOf('counters', COUNTERS)(part(at, 'counters'))
    methodsOf('records', RECORDS)(part(at, 'records'))
    const answers = part(at, 'answers')
    if (answers.given) methodsOf('a place for answers', ANSWERS)(answers)
  },
  keys: methodsOf('a table of API keys', ['find']),
}

const credentials: Check = hinted(
  'a function',
  (value) =>
    typeof value === 'object' ? 'Give a function: (accessKeyId) => table[accessKeyId].' : undefined,
  callable,
)

const VALUES: FieldChecks<Omit<Runtime, keyof typeof OBJECTS>> = {
  ids: callable,
  credentials,
  conditionKeys: callable,
  random: callable,
  trustProxy: list('a list of addresses', address),
  proxyHeader: oneOf('X-Forwarded-For', 'Forwarded'),
  httpsOnly: boolean,
  whenStoreFails: oneOf('local', 'refuse', 'admit'),
  storeTimeout: duration(1, LONGEST_TIMEOUT),
  onRecord: callable,
  onRefusal: callable,
  onError: callable,
}

/** The fields of a definition that belong to the process, and stay when another definition is deployed. */
export const RUNTIME_CHECKS: FieldChecks<Runtime> = { ...OBJECTS, ...VALUES }

/** What is wrong with the part of a definition that belongs to the process. */
export function checkRuntime(runtime: Runtime): Fault[] {
  const faults: CodedFault[] = []
  // A runtime that is no object at all is found wrong by `complete`.
  const whole = new Spot(runtime, '', faults)
  for (const [name, check] of Object.entries<Check>(OBJECTS)) whenGiven(part(whole, name), check)
  for (const [name, check] of Object.entries<Check>(VALUES)) whenGiven(copied(part(whole, name)), check)
  if (part(whole, 'proxyHeader').given && !part(whole, 'trustProxy').given) {
    const fix = "Give `trustProxy: ['10.0.0.0/8']`, the addresses of your proxies, or leave it out."
    part(whole, 'proxyHeader').fault(
      'REQUIRED',
      'is believed from proxies of `trustProxy` only, and there are none',
      fix,
    )
  }
  return faults
}

function whenGiven(at: Spot, check: Check): void {
  if (at.given) check(at)
}

function copied({ value, path, faults }: Spot): Spot {
  return new Spot(snapshot(value, faults, path), path, faults)
}

/** An object, of whatever class, that can do this. */
function methodsOf(what: string, names: readonly string[]): Check {
  return (at) => {
    const missing = names
      .filter((name) => typeof part(at, name).value !== 'function')
      .map((name) => `${name}()`)
    if (missing.length === 0) return
    const calls = enumerate(missing, 'and')
    at.fault('WRONG_TYPE', `is not ${what}: it has no ${calls}`, `Give an object with ${calls}.`)
  }
}

/** A property of an object that is no copy: reading it may throw. */
function part({ value, path, faults }: Spot, name: string): Spot {
  const absent = new Spot(undefined, pathOf(path, name), faults)
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return absent
  try {
    return new Spot(Reflect.get(value, name), absent.path, faults)
  } catch {
    absent.fault('UNREADABLE', 'reading it failed', 'Give the value itself instead of a getter or a proxy.')
    return absent
  }
}
