const { checkExpress } = require('./check.cjs')
require('./bare.cjs')

checkExpress(require('postern'), require('postern/testing'), require('postern/express'), require('express'))
