const { checkIntegrations, checkSend, checkSteps, checkSubpaths } = require('./check.cjs')

async function main() {
  await checkSubpaths(require)
  await checkSend(require('postern'), require('postern/testing'))
  await checkSteps(require('postern'), require('postern/testing'))
  await checkIntegrations(require)
  console.log('ok')
}

main()
