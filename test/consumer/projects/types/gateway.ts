import { createGateway, type Gateway, route } from 'postern'

export const gateway: Gateway<never, never, never> = createGateway({ routes: [route('GET /pets/{petId}')] })
