const { checkSend, checkSubpaths } = require('./check.cjs')

async function main() {
  await checkSubpaths(require)
  await checkSend(require('postern'), require('postern/testing'))
  console.log('ok')
}

main()
