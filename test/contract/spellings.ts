/** Paths that are protected, spelt in every way that might get somebody past a gateway. */
import { fc } from '../laws.js'
import { tell } from '../sockets.js'

export interface Place {
  /** What is protected, as a caller with a key would ask for it. */
  readonly paths: readonly string[]
  /** What stands before a path that is spelt as it should be. */
  readonly prefix: string
  readonly host?: string
}

const hex = (char: string) =>
  `%${Buffer.from(char)
    .toString('hex')
    .toUpperCase()
    .replace(/(..)(?=.)/g, '$1%')}`
const hexAll = (path: string) => path.replace(/[^/]/g, hex)
const slashes = (path: string, by: string) => path.slice(0, 1) + path.slice(1).replaceAll('/', by)
const lookalikes: Readonly<Record<string, string>> = { k: 'K', s: 'ſ', i: 'ı', a: 'а', d: 'd', e: 'é' }

const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  'as it is': (path) => path,
  'upper case': (path) => path.toUpperCase(),
  'first letter upper case': (path) => path.replace(/[a-z]/, (char) => char.toUpperCase()),
  'last letter upper case': (path) => path.replace(/[a-z](?=[^a-z]*$)/, (char) => char.toUpperCase()),
  'one letter encoded': (path) => path.replace(/[a-z]/, hex),
  'one letter encoded in lower case': (path) => path.replace(/[a-z]/, (char) => hex(char).toLowerCase()),
  'all letters encoded': hexAll,
  'an upper-case letter encoded': (path) => path.replace(/[a-z]/, (char) => hex(char.toUpperCase())),
  'encoded twice': (path) => hexAll(path).replaceAll('%', '%25'),
  'encoded three times': (path) => hexAll(path).replaceAll('%', '%2525'),
  'two slashes first': (path) => `/${path}`,
  'three slashes first': (path) => `//${path}`,
  'doubled slashes': (path) => path.replaceAll('/', '//'),
  'a dot segment first': (path) => `/.${path}`,
  'an encoded dot segment first': (path) => `/%2e${path}`,
  'a parent first': (path) => `/..${path}`,
  'a detour': (path) => `/x/..${path}`,
  'an encoded detour': (path) => `/x/%2e%2e${path}`,
  'a half-encoded detour': (path) => `/x/.%2E${path}`,
  'a detour by encoded slashes': (path) => `/x%2f..%2f${path.slice(1)}`,
  'a detour encoded twice': (path) => `/x/%252e%252e${path}`,
  'a detour by a parameter': (path) => `/x/..;${path}`,
  'a detour by a backslash': (path) => `/x\\..${path}`,
  'a detour by an encoded backslash': (path) => `/x%5c..%5c${path.slice(1)}`,
  'a detour inside': (path) => path.replace(/(?<=.)\//, '/x/../'),
  'a dot segment inside': (path) => path.replace(/(?<=.)\//, '/./'),
  'an empty segment inside': (path) => path.replace(/(?<=.)\//, '//'),
  'encoded slashes': (path) => slashes(path, '%2F'),
  'encoded slashes in lower case': (path) => slashes(path, '%2f'),
  'slashes encoded twice': (path) => slashes(path, '%252F'),
  backslashes: (path) => slashes(path, '\\'),
  'a backslash first': (path) => `\\${path.slice(1)}`,
  'encoded backslashes': (path) => slashes(path, '%5C'),
  'an encoded slash first': (path) => `/%2f${path.slice(1)}`,
  'a fullwidth slash': (path) => slashes(path, '%EF%BC%8F'),
  'an overlong slash': (path) => slashes(path, '%C0%AF'),
  'path parameters': (path) => `${path.replace(/(?<=.)\//g, ';a=b/')};a=b`,
  'no slash first': (path) => path.slice(1),
  'a tab inside': (path) => `${path.slice(0, 3)}\t${path.slice(3)}`,
  'an encoded tab inside': (path) => `${path.slice(0, 3)}%09${path.slice(3)}`,
  'a soft hyphen inside': (path) => `${path.slice(0, 3)}%C2%AD${path.slice(3)}`,
  'an encoded NUL inside': (path) => `${path.slice(0, 3)}%00${path.slice(3)}`,
  'look-alikes': (path) => path.replace(/[ksiade]/g, (char) => encodeURIComponent(lookalikes[char] ?? char)),
  'raw look-alikes': (path) =>
    path.replace(/[ksiade]/g, (char) => Buffer.from(lookalikes[char] ?? '').toString('latin1')),
  'one Kelvin sign or long s': (path) =>
    path.replace(/[ks]/, (char) => encodeURIComponent(lookalikes[char] ?? '')),
  'a dotted capital I': (path) => path.replace('i', '%C4%B0'),
  'a question mark encoded': (path) => `${path}%3Fx`,
  'a hash in it': (path) => `/x#${path}`,
  'a query in it': (path) => `/?${path}`,
}

const SUFFIXES = [
  '',
  '/',
  '//',
  '/.',
  '/..',
  '/x/..',
  '/%2e',
  '/%2E%2E/',
  ';',
  ';a=b',
  '/;',
  '.',
  '..',
  '...',
  '.json',
  '%00',
  '%00.html',
  '%20',
  '%20/',
  '\t',
  '%09',
  '%0A',
  '%0D%0A',
  '?',
  '?x=1',
  '?/../',
  '??',
  '#',
  '#/x',
  '%23',
  '%3F',
  '\\',
  '/\\',
  '%5C',
  '%2F',
  '%2F/',
  '%2f.',
  '%',
  '%zz',
  '%ff',
  '%C2%A0',
  '%E2%80%8B',
  '~',
  '*',
  '+',
  ':',
  '@',
  '&',
  '=',
  ',',
  '%252F',
  '/%2F',
  '?%00',
]

const ABSOLUTE = [
  'http://localhost',
  'http://localhost:80',
  'https://evil.test',
  'HTTP://LOCALHOST',
  '//localhost',
  'http:',
  'http:/',
  'x://y',
]

/** Other things that may stand where the stage stands. */
function prefixes(prefix: string): string[] {
  const upper = prefix.toUpperCase()
  const title = prefix.replace(/[a-z]/g, (char, at) => (at < 3 ? char.toUpperCase() : char))
  const stage = [
    '',
    '/prod',
    '/beta',
    '/PROD',
    '/Beta',
    '/$default',
    '/prod/prod',
    '/beta/prod',
    '/%70rod',
    '/prod%2F',
    '/prod;',
    '/prod.',
    '/gone',
  ]
  const bases = ['/v1', '/V1', '/v1/v1', '/v1/prod', '/a', '/a/b', '/A/B', '/a%2Fb', '/a/b/a/b', '/a/b/prod']
  const mounts = [
    '/api',
    '/API',
    '/api/',
    '/api/api',
    '/api%2F',
    '/api/prod',
    '/API/PROD',
    '/api/prod/prod',
    '/%61pi',
    '//api',
    '/api/.',
  ]
  return [
    ...new Set([
      prefix,
      upper,
      title,
      `/${prefix}`,
      `${prefix}/`,
      `${prefix}/.`,
      `${prefix}${prefix}`,
      ...stage,
      ...bases,
      ...mounts,
    ]),
  ]
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
  'get',
  'Get',
  'ANY',
  'ALL',
  '*',
]

const HEADERS = [
  '',
  'X-HTTP-Method-Override: GET',
  'X-HTTP-Method: DELETE',
  'X-Original-URL: /admin',
  'X-Rewrite-URL: /admin',
  'X-API-Key:',
  'x-api-key: undefined',
  'Authorization: Basic eDp5',
  'Origin: https://evil.test\r\nAccess-Control-Request-Method: GET',
  'Content-Length: 0',
  'Transfer-Encoding: chunked',
  'Host: localhost',
  'Expect: 100-continue',
]

/** As it goes over the wire. */
export function wired(line: string, host: string, header = ''): string {
  const ending = /chunked/.test(header) ? '0\r\n\r\n' : ''
  const extra = header === '' ? '' : `${header}\r\n`
  return `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${extra}\r\n${ending}`
}

/** Every spelling of every protected path, in every way that is worth trying by itself. */
export function table({ prefix, paths, host = 'localhost' }: Place): string[] {
  const lines = paths.flatMap((path) => [
    ...Object.values(SPELLINGS).flatMap((spell) => [
      `GET ${prefix}${spell(path)}`,
      `GET ${spell(prefix + path)}`,
    ]),
    ...SUFFIXES.map((suffix) => `GET ${prefix}${path}${suffix}`),
    ...prefixes(prefix).map((other) => `GET ${other}${path}`),
    ...ABSOLUTE.map((origin) => `GET ${origin}${prefix}${path}`),
    ...METHODS.map((method) => `${method} ${prefix}${path}`),
  ])
  const asked = [...new Set([...lines, 'OPTIONS *', 'GET *', 'GET ', `GET ${prefix}`])].map((line) =>
    wired(line, host),
  )
  return [...asked, ...HEADERS.map((header) => wired(`POST ${prefix}/admin`, host, header))]
}

export function combinations({ prefix, paths, host = 'localhost' }: Place): fc.Arbitrary<string> {
  const spelling = fc.constantFrom(...Object.values(SPELLINGS))
  const parts = {
    path: fc.constantFrom(...paths),
    inner: fc.array(spelling, { maxLength: 2 }),
    prefix: fc.oneof({ weight: 2, arbitrary: fc.constant(prefix) }, fc.constantFrom(...prefixes(prefix))),
    outer: fc.array(spelling, { maxLength: 1 }),
    suffix: fc.constantFrom(...SUFFIXES),
    origin: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom(...ABSOLUTE)),
    method: fc.oneof({ weight: 4, arbitrary: fc.constant('GET') }, fc.constantFrom(...METHODS)),
    header: fc.oneof({ weight: 4, arbitrary: fc.constant('') }, fc.constantFrom(...HEADERS)),
  }
  return fc.record(parts).map((each) => {
    const inner = each.inner.reduce((path, spell) => spell(path), each.path)
    const target = each.outer.reduce((path, spell) => spell(path), each.prefix + inner)
    return wired(`${each.method} ${each.origin}${target}${each.suffix}`, host, each.header)
  })
}

export interface Tried {
  readonly sent: number
  readonly answered: number
  /** What came through. */
  readonly leaks: string[]
}

/**
 * Sends them all, some at a time.
 *
 * @param marks what an answer says that should never be given
 */
export async function tryAll(
  port: number,
  requests: readonly string[],
  marks: readonly string[],
): Promise<Tried> {
  const leaks: string[] = []
  const queue = [...requests]
  let answered = 0
  const work = async () => {
    for (let request = queue.pop(); request !== undefined; request = queue.pop()) {
      const { text, status } = await tell(port, request)
      if (status !== 0) answered++
      if (marks.some((mark) => text.includes(mark))) leaks.push(request)
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return { sent: requests.length, answered, leaks }
}
