/** The pet store on Express. */
import express from 'express'
import { toExpress } from 'postern/express'
import { Pets } from '../petstore/pets.js'

/**
 * @param {import('postern').Gateway} gateway
 * @param {number} port
 */
export function start(gateway, port) {
  const pets = new Pets()
  const app = express()
  app.use(toExpress(gateway))

  app.get('/health', (_req, res) => {
    res.json({ ok: true })
  })
  app.get('/pets', (req, res) => {
    res.json({ greeting: req.gateway?.variables.greeting, pets: pets.all() })
  })
  app.get('/pets/:petId', (req, res) => {
    const pet = pets.find(req.params.petId)
    if (pet === undefined) res.status(404).json({ message: 'no such pet' })
    else res.json(pet)
  })
  app.post('/pets', (req, res) => {
    const { body, client } = req.gateway ?? {} // the body is what its model made of it
    res.status(201).json(pets.add(body, client?.name))
  })
  app.delete('/pets/:petId', (req, res) => {
    res.status(pets.remove(req.params.petId) ? 204 : 404).end()
  })
  app.get('/admin', (_req, res) => {
    res.send('nobody gets here: no route of the gateway names it')
  })

  return app.listen(port, '127.0.0.1')
}
