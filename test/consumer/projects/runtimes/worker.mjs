import { callers } from 'postern/fetch'
import { petShop } from './app.mjs'

export default { fetch: petShop(callers.cloudflare) }
