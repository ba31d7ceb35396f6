/** The README's snippets, and what the tests that run them share. */
import { readFileSync } from 'node:fs'
import { Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

export const root = fileURLToPath(new URL('..', import.meta.url))

export interface Snippet {
  /** Of the heading above: `Recipes` and such, the snippet's own where it stands below no other. */
  readonly section: string
  readonly title: string
  /** What stands between the heading, or the snippet before, and this one. */
  readonly prose: string
  readonly code: string
}

/** `expression // => value`, on a line of its own; a semicolon before it is for a formatter's sake. */
export const CLAIM = /^;?(.+?) \/\/ => (.+)$/gm

export function snippets(): Snippet[] {
  const found: Snippet[] = []
  const readme = readFileSync(`${root}README.md`, 'utf8')
  let section = ''
  let title = 'Fifteen lines'
  let after = 0
  for (const match of readme.matchAll(/^(##+) (.*)$|^```ts\n([\s\S]*?)^```$/gm)) {
    const [whole, marks, heading = '', code] = match
    if (code !== undefined)
      found.push({ section, title, prose: readme.slice(after, match.index).trim(), code })
    else title = heading
    if (marks === '##') section = heading
    after = match.index + whole.length
  }
  return found
}

/** Has servers listen where nobody else does, whatever port they ask for: 3000 may be somebody's. @returns closes them */
export function listenElsewhere(): () => void {
  const servers: Server[] = []
  const listen = Server.prototype.listen
  vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
    servers.push(this)
    return Reflect.apply(listen, this, [0, '127.0.0.1'])
  })
  return () => {
    for (const server of servers) server.close()
  }
}
