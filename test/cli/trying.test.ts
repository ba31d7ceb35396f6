import { describe, expect, it } from 'vitest'
import { curlLine } from '../../src/cli/trying.js'

const BASE = 'http://127.0.0.1:3000/prod'

describe('a line to try', () => {
  it('asks for what is there', () => {
    expect(curlLine({ method: 'ANY', path: '/pets/{petId}', policy: {} }, BASE)).toBe(
      `curl -i ${BASE}/pets/1`,
    )
    expect(curlLine({ method: 'DELETE', path: '/a/{rest+}', policy: {} }, BASE, 'k')).toBe(
      `curl -i -X DELETE ${BASE}/a/1 -H 'x-api-key: k'`,
    )
  })

  it('has what the route asks of its parameters', () => {
    const policy = {
      parameters: {
        path: { kind: { required: true, schema: { type: 'string', enum: ['a b', 'c'] } } },
        query: {
          page: { required: true, schema: { type: 'integer', minimum: 3 } },
          sort: { required: true, schema: { type: 'string', default: 'up' } },
          any: true,
          all: { required: true, schema: { type: 'boolean' } },
          size: { schema: { type: 'integer' } },
        },
        header: { 'x-tenant': { required: true, schema: { type: 'string', example: "O'Hara" } } },
      },
    }
    expect(curlLine({ method: 'GET', path: '/{kind}', policy }, BASE)).toBe(
      `curl -i '${BASE}/a%20b?page=3&sort=up&any=x&all=true' -H 'x-tenant: O'\\''Hara'`,
    )
  })
})
