/**
 * Policies on single routes.
 *
 * Without naming a route twice: `gate.route(policy)` guards where it stands. Behind a mounted gate only what has not
 * run yet is added, and nothing is charged twice. Give the pattern where records, per-method limits or path
 * parameters need it; name the stage where there are several.
 */
import express from 'express'
import { createGateway } from 'postern'
import { toExpress } from 'postern/express'

const gate = toExpress(createGateway({ routes: [], plans: { free: {} } }))
const app = express()
app.post('/pets', gate.route('POST /pets', { apiKey: true, throttle: { rate: 5, burst: 10 } }), (req, res) => {
  res.json({ soldBy: req.gateway?.client?.name })
})
app.get('/pets', (_req, res) => res.json([])) // not gated at all
