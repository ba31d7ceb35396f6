/** As Lambda has it: the runtime is there before the module is. */
export const handler = awslambda.streamifyResponse(async (_event, stream) => {
  const answer = awslambda.HttpResponseStream.from(stream, {
    statusCode: 203,
    headers: { 'content-type': 'text/plain' },
    cookies: ['a=1', 'b=2'],
  })
  answer.write('tick ')
  answer.write('tock')
  answer.end()
})
