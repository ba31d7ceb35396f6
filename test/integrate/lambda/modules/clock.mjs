// @ts-expect-error as Lambda has it: its runtime is there before the module is
const { streamifyResponse, HttpResponseStream } = awslambda

export const handler = streamifyResponse(async (_event, stream) => {
  const answer = HttpResponseStream.from(stream, {
    statusCode: 203,
    headers: { 'content-type': 'text/plain' },
    cookies: ['a=1', 'b=2'],
  })
  answer.write('tick ')
  answer.write('tock')
  answer.end()
})
