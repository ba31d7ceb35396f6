/** What the tests of Lambda functions share. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createGateway, type GatewayDefinition, route } from 'postern'
import { type LambdaOptions, type LambdaProxyEvent, lambda } from 'postern/lambda'

/** The folder of data that others wrote, wherever it is above this one; the tests pass without it. */
function dataFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (folder !== dirname(folder)) {
    const data = join(folder, 'shared', 'data')
    if (existsSync(data)) return data
    folder = dirname(folder)
  }
  return undefined
}

/** A published event; nothing where the data are not at hand. */
export function sample(name: string): Record<string, unknown> | undefined {
  const folder = dataFolder()
  if (folder === undefined) return undefined
  return JSON.parse(readFileSync(join(folder, 'lambda-events', `${name}.json`), 'utf8'))
}

/** A function that keeps what it is called with. */
export function listening(result: unknown = { statusCode: 200 }) {
  const events: LambdaProxyEvent[] = []
  const handler = async (event: LambdaProxyEvent) => {
    events.push(event)
    return result
  }
  return { events, handler }
}

/** A gateway of one function, which keeps its events and gives one result. */
export function listeningGateway(
  pattern: Parameters<typeof route>[0],
  {
    result,
    options = {},
    policy = {},
    ...definition
  }: {
    readonly result?: unknown
    readonly options?: LambdaOptions
    readonly policy?: object
  } & Partial<GatewayDefinition> = {},
) {
  const { events, handler } = listening(result)
  const gateway = createGateway({ routes: [route(pattern, policy, lambda(handler, options))], ...definition })
  return { gateway, events }
}
