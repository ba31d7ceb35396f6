import { shop } from '../../../lib/gateway'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = shop
