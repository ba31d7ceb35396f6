/**
 * WebSockets.
 *
 * Node gives upgrades to no middleware. Without this line they reach your WebSocket server ungated:
 */
import express from 'express'
import { createGateway, route } from 'postern'
import { toExpress } from 'postern/express'

const gate = toExpress(createGateway({ routes: [route('GET /live', { apiKey: true })], plans: { free: {} } }))
const app = express()
app.use(gate)
const server = app.listen(3000)
gate.upgrade(server) // before or after your WebSocket server is attached to it
