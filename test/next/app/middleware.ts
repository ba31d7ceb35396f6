import { gate } from './lib/gateway'

export const middleware = gate.proxy
export const config = { matcher: ['/((?!_next/static|shop|alone|api/alone|control).*)'], runtime: 'nodejs' }
