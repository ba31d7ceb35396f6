/**
 * Where failures go.
 *
 * What no caller is told of, such as a step that throws or a store that is away, is given to `onError`; without it, it is
 * a warning of the process with its stack.
 */
import { before, createGateway, route } from 'postern'
import { send } from 'postern/testing'

const failures = []
const broken = before('validate', () => {
  throw new Error('out of order')
})
const gateway = createGateway({ routes: [route('GET /pets')], steps: [broken], onError: (error) => failures.push(error) })
console.log((await send(gateway, 'GET /pets')).json()) // => { message: 'Internal server error' }
console.log(failures.map(String)) // => ['Error: out of order']
