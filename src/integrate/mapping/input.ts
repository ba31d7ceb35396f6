/**
 * `$input`: the body and the parameters of a request.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#input-variable-reference
 */

import { remembered } from '../../remembered.js'
import { MappingFault, misconfigured } from './faults.js'
import { compilePath, type JsonPath } from './jsonpath.js'
import type { Run } from './run.js'
import type { Scene } from './scene.js'
import { folded, Host, type JavaMap, jsonOf, newMap, setKey } from './values.js'
import { MOST_VISITS, newVisits } from './visits.js'

export class Input extends Host {
  readonly #scene: Scene
  readonly #run: Run
  #params: JavaMap | undefined

  constructor(scene: Scene, run: Run) {
    super()
    this.#scene = scene
    this.#run = run
  }

  property(name: string): unknown {
    return name === 'body' ? this.#body() : undefined
  }

  call(name: string, args: readonly unknown[]): unknown {
    const [first] = args
    switch (name) {
      case 'json':
        return this.#json(args.length === 0 ? '$' : this.#run.print(first))
      case 'path':
        return this.#path(this.#run.print(first))
      case 'params':
        return args.length === 0 ? this.#parameters() : this.#parameter(this.#run.print(first))
      default:
        return undefined
    }
  }

  text(): string {
    return ''
  }

  /** Where there is none, an empty object, as in AWS. */
  #body(): string {
    const { text } = this.#scene.payload
    this.#run.pay(text.length)
    return text === '' ? '{}' : text
  }

  #path(text: string): unknown {
    const { payload } = this.#scene
    this.#run.pay(payload.unread)
    const visits = newVisits()
    const value = keptPath(text)(payload.json, visits)
    this.#run.spend((MOST_VISITS - visits.left) / PLACES)
    return value
  }

  /** What is not there is an empty text. */
  #json(text: string): string {
    const value = this.#path(text)
    if (value === undefined) return '""'
    const json = this.#scene.payload.plain ? plainJson(value) : jsonOf(value)
    this.#run.pay(json.length)
    return json
  }

  #parameter(name: string): string {
    const { method } = this.#scene
    return method.path(name) ?? method.querystring(name).at(-1) ?? method.header(name).at(-1) ?? ''
  }

  #parameters(): JavaMap {
    if (this.#params !== undefined) return this.#params
    const { method, exchange } = this.#scene
    const params = newMap()
    params.path = Object.assign(newMap(), exchange.params)
    params.querystring = lastOf(method.queries)
    params.header = folded(lastOf(method.headers))
    this.#params = params
    return params
  }
}

/** Most often as JavaScript has it, unless a template has put into it what it does not know. */
function plainJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return jsonOf(value)
  }
}

function lastOf(all: ReadonlyMap<string, readonly string[]>): JavaMap {
  const values = newMap()
  for (const [name, given] of all) setKey(values, name, given.at(-1) ?? '')
  return values
}

/** Places that a path visits in the time of a step. */
const PLACES = 2

/** Paths that templates ask for are mostly the same each time. */
const keptPath = remembered(compiledPath, 1_000)

function compiledPath(text: string): JsonPath {
  try {
    return compilePath(text)
  } catch (error) {
    if (error instanceof MappingFault) throw misconfigured(error.message)
    throw error
  }
}
