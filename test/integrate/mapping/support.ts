/** An integration that maps a request and a result, and asks nobody. */
import { ReceivedAnswer, Refusal } from '../../../src/exchange.js'
import { createGateway, route } from '../../../src/index.js'
import { compileMapping } from '../../../src/integrate/mapping/mapping.js'
import {
  IntegrationDefinition,
  type IntegrationKind,
  type IntegrationResult,
  type MappingOptions,
} from '../../../src/integration.js'
import { mock } from '../../../src/mock.js'
import { send } from '../../../src/testing.js'

interface Options extends MappingOptions {
  /** What comes back; its body's bytes, a character each. */
  readonly result?: Partial<Omit<IntegrationResult, 'body'>> & { readonly body?: string }
}

const KIND: IntegrationKind<Options> = {
  type: 'mapped',
  check() {},
  compile({ result, ...options }, site) {
    const mapping = compileMapping(options, site)
    return async (exchange) => {
      const request = await mapping.request(exchange)
      if (request instanceof Refusal) return request
      if (result !== undefined) {
        const body = Buffer.from(result.body ?? '', 'latin1')
        return mapping.answer(exchange, { status: 200, headers: [], ...result, body })
      }
      const { headers, query, path, body } = request
      const told = { headers, query, path, body: Buffer.from(body).toString('latin1') }
      return new ReceivedAnswer(200, ['content-type', 'application/json'], JSON.stringify(told))
    }
  },
}

/** Answers with what a request is mapped to; with `result`, with what that is mapped to. */
export const mapped = (options: Options) => new IntegrationDefinition(KIND, options)

/** What a request is mapped to. */
export interface Told {
  readonly headers: readonly string[]
  readonly query: readonly (readonly [string, string])[]
  readonly path: Readonly<Record<string, string>>
  /** Its bytes, a character each. */
  readonly body: string
}

export const JSON_TYPE = 'application/json'

/** A template of JSON. */
export const templates = (text: string) => ({ [JSON_TYPE]: text })

/** What a template makes of a request, as a mock's response template, whose answer shows it. */
export async function rendered(
  template: string,
  { body, target = 'POST /' }: { body?: unknown; target?: string } = {},
) {
  const gateway = createGateway({
    routes: [route('POST /', {}, mapped({ request: { templates: templates(template) } }))],
  })
  const options = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const sent = await send(gateway, target, { ...options, headers: { 'content-type': JSON_TYPE } })
  if (sent.status !== 200) return `${sent.status} ${sent.text()}`
  return Buffer.from((sent.json() as Told).body, 'latin1').toString()
}

/** What is wrong with the options of a mock. */
export function faultsOf(options: object): string {
  try {
    createGateway({ routes: [route('GET /', {}, mock(options))] })
    return 'none'
  } catch (error) {
    return (error as Error).message.replaceAll('routes[0].integration.', '')
  }
}
