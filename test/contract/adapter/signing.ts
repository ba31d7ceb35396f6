/** Signs what the suite sends, at the time of the gateway's clock. */
import aws4 from 'aws4'
import { type Ask, bodyOf, type Caller, headersOf } from '../caller.js'
import { SIGNERS } from '../scenario/gateway.js'

/** @param line method and path of the app */
export async function signed(
  caller: Caller,
  line: string,
  as: keyof typeof SIGNERS,
  options: Ask = {},
): Promise<Ask> {
  const [method = '', path = ''] = line.split(' ')
  const now = new Date(await caller.clock()).toISOString().replace(/[-:]|\.\d+/g, '')
  const body = bodyOf(options)
  const request = {
    ...{ service: 'execute-api', region: 'us-east-1', method, path: caller.at(path), body },
    host: `127.0.0.1:${caller.port}`,
    headers: { ...headersOf(options), 'X-Amz-Date': now } as Record<string, string>,
  }
  const { headers } = aws4.sign(request, SIGNERS[as])
  return { ...options, headers: headers as Record<string, string> }
}
