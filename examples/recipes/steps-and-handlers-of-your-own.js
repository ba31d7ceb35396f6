/**
 * Steps and handlers of your own.
 *
 * Name the place; there are no priorities. A step returns nothing to go on, or an answer or a refusal to stop. A
 * handler answers instead of the app.
 */
import { answer, before, createGateway, refuse, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [route('GET /time/{zone}', {}, ({ params, stage }) => ({ zone: params.zone, stage })), route('GET /pets')],
  steps: [
    before('identify', ({ variables }) => (variables.closed ? answer(503, 'closed for today') : undefined)),
    before('validate', async ({ request }) => (request.header('x-evil') ? refuse('ACCESS_DENIED', 'evil') : undefined)),
  ],
})
console.log((await send(gateway, 'GET /time/utc')).json()) // => { zone: 'utc', stage: '$default' }
console.log((await send(gateway, 'GET /pets', { headers: { 'x-evil': '1' } })).status) // => 403
