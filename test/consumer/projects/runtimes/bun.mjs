import { callers } from 'postern/fetch'
import { petShop } from './app.mjs'

const { port } = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: petShop(callers.bun) })
console.log(JSON.stringify({ port }))
