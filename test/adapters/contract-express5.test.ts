import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { adapterContract } from '../contract/adapter.js'
import { express5Host } from '../contract/hosts/express.js'

adapterContract(express5Host)

/** An Express app without anything, asked once over HTTP/2. */
const ALONE = `
  const { connect, createServer } = require('node:http2')
  const app = require('express')()
  app.get('/', (req, res) => res.send('Express over HTTP/2'))
  const server = createServer(app).listen(0, '127.0.0.1', () => {
    const client = connect('http://127.0.0.1:' + server.address().port)
    client.request({ ':path': '/' }).on('data', () => process.exit(0)).on('close', () => process.exit(2))
  })`

it('Express does not run on HTTP/2, with a gateway or without', () => {
  const { status, stderr } = spawnSync(process.execPath, ['-e', ALONE], { encoding: 'utf8', timeout: 5000 })
  expect(status).toBe(1)
  expect(stderr).toContain('TypeError')
})
