/**
 * Answers that are kept.
 *
 * `cache: true` keeps GET answers for 300 s; a stage's `size` (64 MiB by default) bounds what is held. Answers of routes that
 * authorize or ask for a key are kept for each caller; requests with a `Cookie` by-pass. A thousand callers who miss the same answer make one call. `staleWhileRevalidate` gives the stale answer to all but the
 * one who fetches it anew, `staleIfError` where the app fails. Callers whose policies allow `execute-api:InvalidateCache` refresh an
 * answer by `Cache-Control: max-age=0`; others get it as it is, with a `Warning`. `mode: 'rfc9111'` goes by the
 * app's own `Cache-Control`, too.
 */
import { createGateway, route } from 'postern'

const gateway = createGateway({
  routes: [
    route('GET /pets', {
      cache: {
        ttl: '5m',
        key: { query: ['page'], headers: ['accept-language'] }, // or the whole query; `path: ['petId']` with `compat: 'aws'`
        per: 'everybody', // though the route authorizes; else 'caller'
        shared: true, // whatever `Cookie` a request has
        namespace: 'pets', // one with the other routes that name it
        invalidation: { unauthorized: 'FAIL_WITH_403' }, // or SUCCEED_WITH_RESPONSE_HEADER, SUCCEED_WITHOUT_RESPONSE_HEADER
      },
    }),
  ],
  stages: { prod: { cache: {} } },
})
await gateway.control.flushCache('prod', { target: '/pets?page=2' }) // or `route: 'pets'`; without either, the whole stage
