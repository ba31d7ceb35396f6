/** Names that mean something to JavaScript and nothing to Java: in templates they are keys like any other. */
import { describe, expect, it } from 'vitest'
import { rendered } from './support.js'

const BODY = '{"__proto__":{"admin":true},"name":"Rex","constructor":{"prototype":{"x":1}}}'

/** What a template makes of {@link BODY}. */
const passed = (template: string) => rendered(template, { body: BODY })

describe('a body with a key `__proto__`', () => {
  it.each([
    ["$input.json('$')", BODY],
    ['$input.body', BODY],
    ["$input.path('$')", '{__proto__={admin=true}, name=Rex, constructor={prototype={x=1}}}'],
    ["#foreach($key in $input.path('$').keySet())$key #end", '__proto__ name constructor '],
    ["$input.json('$.__proto__') $input.path('$').get('__proto__').admin", '{"admin":true} true'],
    ["#set($all = {})$!all.putAll($input.path('$'))$all.size() $all.get('__proto__')", '3 {admin=true}'],
  ])('goes through %s as it came', async (template, expected) => {
    expect(await passed(template)).toBe(expected)
  })

  it('gives nothing to what is beside it, nor to maps of the template', async () => {
    expect(await passed("[$input.path('$').admin$input.path('$.admin')]")).toBe('[]')
    expect(await passed("#set($all = {})$!all.putAll($input.path('$')) [$all.admin]")).toBe(' []')
    expect(Reflect.get({}, 'admin')).toBeUndefined()
  })
})

describe('a map with a key `__proto__`', () => {
  it.each([
    ['#set($a = {"__proto__": "x", "b": 1})$a', '{__proto__=x, b=1}'],
    ['#set($a = {"b": 1, "__proto__": {"c": 2}})[$a.c] $a.get("__proto__").c $a.size()', '[] 2 2'],
    ['#set($a = {})$!a.put("__proto__", "x")$a $a.__proto__', '{__proto__=x} x'],
    ['#set($a = {})#set($a.__proto__ = {"c": 2})$a [$a.c]', '{__proto__={c=2}} []'],
    ['#set($a = {"b": 1})[$a.__proto__$a.constructor$a.toString]', '[]'],
  ])('keeps it, as it is written: %s', async (template, expected) => {
    expect(await rendered(template)).toBe(expected)
  })
})
