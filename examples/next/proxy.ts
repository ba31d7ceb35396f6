import { front } from './lib/gateway'

export const proxy = front.proxy
export const config = { matcher: ['/((?!_next/static|_next/image).*)'] }
