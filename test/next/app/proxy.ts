import { gate } from './lib/gateway'

export const proxy = gate.proxy
export const config = { matcher: ['/((?!_next/static|shop|alone|api/alone|control).*)'] }
