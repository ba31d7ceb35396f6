/** What callers and functions gone wrong try at Lambda integrations, over real sockets. */
import { createGateway, type ExchangeRecord, route } from 'postern'
import { awslambda, type LambdaProxyEvent, lambda } from 'postern/lambda'
import { toNode } from 'postern/node'
import { describe, expect, it } from 'vitest'
import { serve, tell, wire } from '../sockets.js'

const { HttpResponseStream, streamifyResponse } = awslambda

const KEPT = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

describe('a function that streams, and lies about its length', () => {
  it.each([
    ['more', '5', 'helloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL'],
    ['less', '500', 'hello'],
  ])('has no part in the next answer on the connection, where it sends %s', async (_, length, body) => {
    const records: ExchangeRecord[] = []
    const handler = streamifyResponse(async (event: LambdaProxyEvent, stream) => {
      if (event.path === '/next') {
        HttpResponseStream.from(stream, { headers: { 'content-type': 'text/plain' } }).end('next')
        return
      }
      const answer = HttpResponseStream.from(stream, { headers: { 'content-length': length } })
      answer.write(body.slice(0, 5))
      await new Promise((resolve) => setTimeout(resolve, 20))
      answer.end(body.slice(5))
    })
    const gateway = createGateway({
      routes: [route('ANY /{proxy+}', {}, lambda(handler, { streaming: true }))],
      onRecord: (record) => records.push(record),
      onError: () => {},
    })
    const { port } = await serve(toNode(gateway))
    const told = await tell(port, KEPT('/lies') + wire('GET /next').replace('127.0.0.1', 'localhost'))
    expect(told.text).not.toContain('EVIL')
    // The connection ends with what was broken: nothing that follows could be told from it.
    expect(told.text).not.toContain('next')
    expect(records.find(({ path }) => path === '/lies')).toMatchObject({ status: 200, end: 'aborted' })
  })
})
