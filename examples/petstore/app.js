/** A pet store, as it would be without any gateway. */
import express from 'express'

const pets = new Map([
  ['1', { id: '1', name: 'Rex', kind: 'dog' }],
  ['2', { id: '2', name: 'Tom', kind: 'cat' }],
])

/** @param {...import('express').RequestHandler} before what stands before the app: its gateway */
export function petShop(...before) {
  const app = express()
  if (before.length > 0) app.use(...before)
  app.use(express.json())

  app.get('/health', (_req, res) => res.json({ ok: true }))
  app.get('/pets', (req, res) =>
    res.json({ greeting: req.gateway?.variables.greeting, pets: [...pets.values()] }),
  )
  app.get('/pets/:petId', (req, res) => {
    const pet = pets.get(req.params.petId)
    if (pet === undefined) res.status(404).json({ message: 'no such pet' })
    else res.json(pet)
  })
  app.post('/pets', (req, res) => {
    const pet = { ...req.body, id: String(pets.size + 1), soldBy: req.gateway?.client?.name }
    pets.set(pet.id, pet)
    res.status(201).json(pet)
  })
  app.delete('/pets/:petId', (req, res) => {
    res.status(pets.delete(req.params.petId) ? 204 : 404).end()
  })
  app.get('/admin', (_req, res) => res.json({ secret: 'nobody gets here: no route of the gateway names it' }))
  return app
}
