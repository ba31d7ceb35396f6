/** What the gates of all frameworks share. */
import type { ServerResponse } from 'node:http'
import type { NamedPolicy } from '../src/definition.js'
import { PosternError } from '../src/errors.js'
import { type Answer, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { release } from '../src/stream.js'

/** Of policies on single routes that stand alone. */
export interface GateOptions {
  /** Their stage, where the gateway has several. */
  readonly stage?: string
}

/** @throws PosternError `GATEWAY_REQUIRED` */
export function checkGateway(gateway: Gateway<never, never, never> | Gateway, maker: string): void {
  if (typeof gateway?.handle !== 'function') {
    throw new PosternError('GATEWAY_REQUIRED', `${maker}() takes a gateway: ${maker}(createGateway({ … }))`)
  }
}

/**
 * Options that a compiler would not have let pass: a misspelt one would have been left at its default.
 *
 * @param known the type of each
 * @throws TypeError
 */
export function checkOptions(call: string, given: object, known: Readonly<Record<string, string>>): void {
  const names = Object.keys(known)
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`the options of ${call}() are an object: there are ${names.join(', ')}`)
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name))
      throw new TypeError(`${call}() has no option \`${name}\`: there are ${names.join(', ')}`)
    if (value !== undefined && typeof value !== known[name])
      throw new TypeError(`the option \`${name}\` of ${call}() is a ${known[name]}, and no ${typeof value}`)
  }
}

/** What only one framework calls so. @throws PosternError `FRAMEWORK_UNSUPPORTED` */
export function checkFramework(fits: boolean, maker: string, framework: string): void {
  if (fits) return
  throw new PosternError(
    'FRAMEWORK_UNSUPPORTED',
    `${maker}() is for ${framework}, which does not call it like this. There are toExpress, toKoa, toFastify, toNext, ` +
      'toFetch and toNode, each from the subpath of its name: postern/express …',
  )
}

/** What Node's `http` hands on: by its looks, as frameworks put prototypes of their own on it. */
export function isResponse(res: unknown): boolean {
  return typeof (res as Partial<ServerResponse> | undefined)?.setHeader === 'function'
}

/** What a server of the web hands on. */
export function isRequest(request: unknown): boolean {
  return typeof (request as Partial<Request> | undefined)?.headers?.get === 'function'
}

/** What is called with each request that is admitted. @throws PosternError `APP_REQUIRED` */
export function checkCallable(given: unknown, subject: string, fix: string): void {
  if (typeof given === 'function') return
  throw new PosternError('APP_REQUIRED', `${subject} is not a function: ${fix}`)
}

/**
 * Without an app behind, each route answers by itself.
 *
 * @throws PosternError `APP_REQUIRED`
 */
export function checkHandlers(gateway: Gateway<never, never, never> | Gateway, mount: string): void {
  const route = gateway.routes.find(
    ({ answeredBy, declaredIn }) => answeredBy === 'app' && declaredIn === 'definition',
  )
  if (route === undefined) return
  throw new PosternError(
    'APP_REQUIRED',
    `'${route.name}' has no handler, and there is no app to answer it: ${mount}, or route('${route.name}', policy, handler)`,
  )
}

/** A policy as `gate.route` is given it: `(policy)`, or with its pattern first, `('POST /pets', policy)`. */
export function declare<Pl extends string, Mo extends string, Au extends string>(
  gateway: Gateway<Pl, Mo, Au>,
  first: string | NamedPolicy<Mo, Pl, Au | 'iam'>,
  second: NamedPolicy<Mo, Pl, Au | 'iam'> | undefined,
  { stage }: GateOptions,
  made: (options: string) => string,
  anew = false,
): number {
  const [pattern, policy] = typeof first === 'string' ? [first, second ?? {}] : [undefined, first]
  return gateway.control.declare({ pattern, policy, stage, anew, made })
}

/** Has the gateway's own answer written, at once or when it is there. */
export function settle(
  result: Answer | Passed | Promise<Answer | Passed>,
  write: (answer: Answer) => void,
  failed: (error: unknown) => void,
): void {
  if (result instanceof Promise) {
    result.then((late) => settle(late, write, failed), failed)
    return
  }
  if (result === passed) return
  try {
    write(result)
  } catch (error) {
    release(result.body)
    failed(error)
  }
}
