import { fromCloudFormation } from 'postern/openapi'
import { describe, expect, it } from 'vitest'

const REFUSED = /DOCUMENT_UNREADABLE|DOCUMENT_TOO_LARGE|DOCUMENT_TOO_DEEP/
const lists = [...'abcdefghijk']
const bombed = lists
  .slice(1)
  .map((name, index) => `  ${name}: &${name} [${`*${lists[index]},`.repeat(9)}]`)
  .join('\n')
const bomb = (last: string) =>
  `Metadata:\n  a: &a [1,1,1,1,1,1,1,1,1]\n${bombed}\nResources:\n  A: {Type: 'AWS::ApiGateway::RestApi', Properties: ${last}}\n`
const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = { a: value }
  return value
}
const rest = (Properties: unknown) => ({ Resources: { A: { Type: 'AWS::ApiGateway::RestApi', Properties } } })

describe('a hostile template', () => {
  it.each([
    ['JSON nested too deep', `{"Resources":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`],
    ['YAML nested too deep', `Resources: ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['an object nested too deep', rest({ Body: nested(100_000) })],
    ['a bomb of aliases that a body holds', bomb('{Body: {openapi: 3.0.3, x-a: *k}}')],
  ])('is refused, and soon: %s', (_, template) => {
    expect(() => fromCloudFormation(template as never)).toThrow(REFUSED)
  })

  it('puts nothing on prototypes', () => {
    const polluting = '{"__proto__":{"polluted":true}}'
    const text = `{"Parameters":${polluting},"Mappings":${polluting},"Resources":{"__proto__":{"Type":"AWS::ApiGateway::RestApi","Properties":${polluting}}}}`
    try {
      fromCloudFormation(text as never)
    } catch {
      // Refused is fine, too.
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
