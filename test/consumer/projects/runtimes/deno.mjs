import { callers } from 'postern/fetch'
import { petShop } from './app.mjs'

const onListen = ({ port }) => console.log(JSON.stringify({ port }))
Deno.serve({ hostname: '127.0.0.1', port: 0, onListen }, petShop(callers.deno))
