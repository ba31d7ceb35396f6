/** The same checks in Jest, which runs CommonJS in contexts of its own. */
const { checkIntegrations, checkSend, checkSteps } = require('./check.cjs')

test('the package does in Jest what it does in Node', async () => {
  await checkSend(require('postern'), require('postern/testing'))
  await checkSteps(require('postern'), require('postern/testing'))
  await checkIntegrations(require)
})

test('an answer is fit for a snapshot', async () => {
  const { createGateway } = require('postern')
  const { send } = require('postern/testing')
  expect(await send(createGateway({ routes: [] }), 'GET /pets')).toMatchInlineSnapshot(`
{
  "body": {
    "message": "Not Found",
  },
  "headers": {
    "content-length": "23",
    "content-type": "application/json",
    "x-amzn-errortype": "NotFoundException",
  },
  "status": 404,
}
`)
})
