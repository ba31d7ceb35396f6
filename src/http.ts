/**
 * HTTP upstreams as integrations: `http('https://pets.internal/{proxy}')`.
 *
 * @module postern/http
 */
export {}
