import { api } from '../../../lib/gateway'

export const { GET, HEAD, POST, OPTIONS } = api
