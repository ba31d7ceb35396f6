import express from 'express'
import { createGateway, route } from 'postern'
import { toExpress } from 'postern/express'

const gateway = createGateway({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
const app = express()
app.use(toExpress(gateway))
app.get('/pets/:petId', (request, response) => {
  response.json({ id: request.params.petId, requestId: request.gateway?.requestId })
})
