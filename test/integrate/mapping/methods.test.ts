/**
 * Java's methods in templates, as the documentation of `java.lang.String`, `java.util.List` and `java.util.Map` has them.
 *
 * @see https://docs.oracle.com/javase/8/docs/api/
 */
import { describe, expect, it } from 'vitest'
import { fc } from '../../laws.js'
import { rendered } from './support.js'

/** A text in single quotes of a template. */
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
const of = (value: string, call: string) => `#set($x = ${value})[$x.${call}]`

describe('a text', () => {
  it.each([
    // The tables of `split`'s documentation.
    ['boo:and:foo', "split(':')", '[boo, and, foo]'],
    ['boo:and:foo', "split('o')", '[b, , :and:f]'],
    ['boo:and:foo', "split(':', 2)", '[boo, and:foo]'],
    ['boo:and:foo', "split(':', 5)", '[boo, and, foo]'],
    ['boo:and:foo', "split(':', -2)", '[boo, and, foo]'],
    ['boo:and:foo', "split('o', 5)", '[b, , :and:f, , ]'],
    ['boo:and:foo', "split('o', -2)", '[b, , :and:f, , ]'],
    ['boo:and:foo', "split('o', 0)", '[b, , :and:f]'],
    ['a1b22c', "split('[0-9]+')", '[a, b, c]'],
    ['', "split(',')", '[]'],
    [',,', "split(',').size()", '0'],
    ['a|b', "split('\\|').get(1)", 'b'],
    ['hamburger', 'substring(4, 8)', 'urge'],
    ['smiles', 'substring(1, 5)', 'mile'],
    ['unhappy', 'substring(2)', 'happy'],
    ['emptiness', 'substring(9)', ''],
    ['hamburger', 'subSequence(4, 8)', 'urge'],
    ['to', "concat('get').concat('her')", 'together'],
    ['mesquite in your cellar', "replace('e', 'o')", 'mosquito in your collar'],
    ['the war of baronets', "replace('r', 'y')", 'the way of bayonets'],
    ['aaa', "replace('aa', 'b')", 'ba'],
    ['ab', "replace('', '-')", '-a-b-'],
    ['aabfooaabfooabfoob', "replaceAll('a*b', '-')", '-foo-foo-foo-'],
    ['zzzdogzzzdogzzz', "replaceFirst('dog', 'cat')", 'zzzcatzzzdogzzz'],
    ['zzzdogzzz', "replaceFirst('d(.)g', '$1')", 'zzzozzz'],
    ['2026-01-02', "replaceAll('(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1')", '02.01.2026'],
    ['a.b', "replaceAll('.', 'x')", 'xxx'],
    ['a.b', "replaceAll('\\.', '\\$')", 'a$b'],
    ['abc', `replaceAll('(?<x>b)', '<$${'{x}'}>')`, 'a<b>c'],
    ['abc', "replaceAll('(a)(b)(c)', '$3$20$1')", 'cb0a'],
    ["it\\'s", 'replaceAll("\\\\\'", "\'")', "it's"],
    ['AbC', 'toLowerCase()', 'abc'],
    ['AbC', 'toUpperCase()', 'ABC'],
    [' \t a b ', 'trim()', 'a b'],
    ['text', 'length()', '4'],
    ['text', "indexOf('t')", '0'],
    ['text', "indexOf('t', 1)", '3'],
    ['text', "lastIndexOf('t')", '3'],
    ['text', "lastIndexOf('t', 2)", '0'],
    ['text', "indexOf('y')", '-1'],
    ['text', "contains('ex')", 'true'],
    ['text', "startsWith('te')", 'true'],
    ['text', "startsWith('xt', 2)", 'true'],
    ['text', "endsWith('xt')", 'true'],
    ['text', "equals('text')", 'true'],
    ['text', 'equals(4)', 'false'],
    ['Text', "equals('text')", 'false'],
    ['Text', "equalsIgnoreCase('tEXT')", 'true'],
    ['text', 'charAt(1)', 'e'],
    ['apple', "compareTo('banana')", '-1'],
    ['apple', "compareTo('app')", '2'],
    ['Apple', "compareToIgnoreCase('apple')", '0'],
    ['', 'isEmpty()', 'true'],
    ['x', 'empty', 'false'],
    [' ', 'isBlank()', 'true'],
    ['text', "matches('te.t')", 'true'],
    ['text', "matches('te')", 'false'],
    ['text', "matches('(?i)TEXT')", 'true'],
    ['text', "matches('\\p{Alpha}{4}')", 'true'],
    ['a-1', "matches('[\\p{Lower}\\p{Digit}-]+')", 'true'],
    ['text', "matches('^(?!no).*$')", 'true'],
    ['nothing', "matches('^(?!no).*$')", 'false'],
    ['hello', 'hashCode()', '99162322'],
    ['text', 'toString()', 'text'],
    ['text', 'class.name', 'java.lang.String'],
    ['text', 'nothing()', ''],
    ['text', 'nothing', ''],
  ])('%s.%s is %s', async (text, call, expected) =>
    expect(await rendered(of(literal(text), call))).toBe(`[${expected}]`),
  )

  it('fails a template where Java would throw', async () => {
    for (const call of [
      'substring(9)',
      'substring(-1)',
      'charAt(4)',
      "replaceAll('(', '')",
      "matches('(?<=a)b')",
      "replaceAll('(t)', '$2')",
      "replaceAll('(t)', '$')",
    ])
      expect(await rendered(of("'text'", call))).toBe('500 {"message":"Internal server error"}')
  })
})

describe('a list', () => {
  it.each([
    ['size()', '3'],
    ['count()', '3'],
    ['isEmpty()', 'false'],
    ['empty', 'false'],
    ['get(1)', 'b'],
    ["contains('b')", 'true'],
    ['contains(2)', 'false'],
    ["indexOf('b')", '1'],
    ["lastIndexOf('c')", '2'],
    ["add('d')$x", 'true[a, b, c, d]'],
    ["add(1, 'd')$x", '[a, d, b, c]'],
    ["addAll(['d', 'e'])$x", 'true[a, b, c, d, e]'],
    ["addAll(1, ['d', 'e'])$x", 'true[a, d, e, b, c]'],
    ['addAll($x)$x', 'true[a, b, c, a, b, c]'],
    ["set(0, 'z')$x", 'a[z, b, c]'],
    ['remove(1)$x', 'b[a, c]'],
    ["remove('c')$x", 'true[a, b]'],
    ["remove('z')$x", 'false[a, b, c]'],
    ["removeAll(['a', 'c'])$x", 'true[b]'],
    ["retainAll(['a', 'c'])$x", 'true[a, c]'],
    ["containsAll(['a', 'c'])", 'true'],
    ['subList(1, 3)', '[b, c]'],
    ['clear()$x.size()', '0'],
    ["equals(['a', 'b', 'c'])", 'true'],
    ['toString()', '[a, b, c]'],
    ['toArray().size()', '3'],
    ['class.simpleName', 'ArrayList'],
    ['nothing()', ''],
  ])('[a, b, c].%s is %s', async (call, expected) =>
    expect(await rendered(of("['a', 'b', 'c']", call))).toBe(`[${expected}]`),
  )

  it('fails a template where Java would throw', async () => {
    for (const call of ['get(3)', 'get(-1)', 'set(3, 1)', 'remove(3)', 'subList(0, 9)', 'add(7, 1)'])
      expect(await rendered(of("['a']", call))).toMatch(/^500/)
  })
})

describe('a map', () => {
  it.each([
    ['size()', '2'],
    ['isEmpty()', 'false'],
    ["get('a')", '1'],
    ["get('z')", ''],
    ["getOrDefault('z', 7)", '7'],
    ["containsKey('a')", 'true'],
    ["containsKey('z')", 'false'],
    ['containsValue(2)', 'true'],
    ['keySet()', '[a, b]'],
    ['values()', '[1, 2]'],
    ['entrySet()', '[a=1, b=2]'],
    ["put('a', 9)$x", '1{a=9, b=2}'],
    ["put('c', 3)$x", '{a=1, b=2, c=3}'],
    ["putAll({'a': 7, 'd': 8})$x", '{a=7, b=2, d=8}'],
    ["putIfAbsent('a', 7)$x", '1{a=1, b=2}'],
    ["putIfAbsent('c', 7)$x", '{a=1, b=2, c=7}'],
    ["remove('a')$x", '1{b=2}'],
    ['clear()$x', '{}'],
    ["equals({'a': 1, 'b': 2})", 'true'],
    ['toString()', '{a=1, b=2}'],
    ['nothing()', ''],
  ])('{a=1, b=2}.%s is %s', async (call, expected) =>
    expect(await rendered(of("{'a': 1, 'b': 2}", call))).toBe(`[${expected}]`),
  )
})

describe('a number', () => {
  it.each([
    ['0', "parseInt('42')", '42'],
    ['0', "parseInt('-42')", '-42'],
    ['0', "parseInt('12345678901234567890')", '12345678901234567890'],
    ['0', "valueOf('7')", '7'],
    ['0.0', "parseDouble('1.50')", '1.5'],
    ['0.0', "parseDouble('3')", '3.0'],
    ['7', 'intValue()', '7'],
    ['7.9', 'intValue()', '7'],
    ['7', 'doubleValue()', '7.0'],
    ['7', 'toString()', '7'],
    ['0', 'toString(8)', '8'],
    ['7', 'equals(7)', 'true'],
    ['7', 'equals(7.0)', 'false'],
    ['7', "equals('7')", 'false'],
    ['7', 'compareTo(9)', '-1'],
    ['7', 'class.name', 'java.lang.Integer'],
    ['5000000000', 'class.name', 'java.lang.Long'],
    ['7.5', 'class.name', 'java.lang.Double'],
    ['true', "toString().equals('true')", 'true'],
    ['true', "parseBoolean('TRUE')", 'true'],
    ['true', 'booleanValue()', 'true'],
  ])('%s.%s is %s', async (number, call, expected) =>
    expect(await rendered(of(number, call))).toBe(`[${expected}]`),
  )

  it('fails a template where Java would throw', async () => {
    for (const text of ['', 'x', '1.5', '0x1f'])
      expect(await rendered(of('0', `parseInt('${text}')`))).toMatch(/^500/)
  })
})

describe('$util', () => {
  it.each([
    ["escapeJavaScript('a\"b''c/d\\e')", 'a\\"b\\\'c\\/d\\\\e'],
    ["escapeJavaScript('é\u2028')", '\\u00E9\\u2028'],
    ["urlEncode('a b&c=d+e~*-_.é!')", 'a+b%26c%3Dd%2Be%7E*-_.%C3%A9%21'],
    ["urlDecode('a+b%26c%3Dd%2Be')", 'a b&c=d+e'],
    ["base64Encode('héllo')", 'aMOpbGxv'],
    ["base64Decode('aMOpbGxv')", 'héllo'],
    ["parseJson('[1, {''a'': 2}]')", ''],
    ['parseJson(\'{"a": [1, "b"]}\').a[1]', 'b'],
    ["parseJson('7')", '7'],
    ['escapeJavaScript($gone)', ''],
  ])('%s is %s', async (call, expected) => {
    const result = await rendered(`$util.${call}`)
    expect(result.startsWith('500') ? '' : result).toBe(expected)
  })

  it('escapes any text so that it fits into JSON, once its single quotes are turned back', async () => {
    const template = '{"text": "$util.escapeJavaScript($input.path(\'$\').text).replaceAll("\\\\\'", "\'")"}'
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        expect(JSON.parse(await rendered(template, { body: { text } }))).toEqual({ text })
      }),
      { numRuns: 100 },
    )
  })

  it('decodes what it has encoded', async () => {
    const template = `$util.urlDecode($util.urlEncode($input.path('$').text)).equals($input.path('$').text) $util.base64Decode($util.base64Encode($input.path('$').text)).equals($input.path('$').text)`
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), async (text) => {
        expect(await rendered(template, { body: { text } })).toBe('true true')
      }),
      { numRuns: 100 },
    )
  })
})
