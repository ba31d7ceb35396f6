/** Functions of modules, which are loaded when the gateway is made. */
import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { LambdaHandler, LambdaModule, LambdaStreamingHandler } from './types.js'

/** Where a function is. */
export interface Place {
  readonly url: string
  readonly handler: string
  /** The file's name, without what follows a dot. */
  readonly name: string
}

const HANDLER = 'handler'

/** A path that begins like one, so that nothing else is taken for it: `./pets.js#handler`. */
export function placeOf(target: string | LambdaModule): Place | undefined {
  const { module, handler } = typeof target === 'string' ? parted(target) : { handler: HANDLER, ...target }
  const path = pathOf(module)
  if (path === undefined) return undefined
  const [name = ''] = /[^/\\]*$/.exec(path) ?? []
  return { url: pathToFileURL(path).href, handler, name: name.replace(/\..*$/, '') || HANDLER }
}

function parted(target: string): Required<LambdaModule> {
  const mark = target.lastIndexOf('#')
  if (mark === -1) return { module: target, handler: HANDLER }
  return { module: target.slice(0, mark), handler: target.slice(mark + 1) || HANDLER }
}

function pathOf(module: string): string | undefined {
  if (module.startsWith('file:')) return filePath(module)
  return isAbsolute(module) || /^\.\.?[/\\]/.test(module) ? resolve(module) : undefined
}

function filePath(url: string): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    return undefined
  }
}

export function isThere({ url }: Place): boolean {
  return existsSync(fileURLToPath(url))
}

export type AnyHandler = LambdaHandler<never> | LambdaStreamingHandler<never>

/** @throws Error where the module does not load, with why, and TypeError where it has no such function */
export async function load({ url, handler }: Place): Promise<AnyHandler> {
  const exports = await imported(url)
  const found = exports[handler] ?? (exports.default as Readonly<Record<string, unknown>>)?.[handler]
  if (typeof found === 'function') return found as AnyHandler
  const names = Object.keys(exports).join(', ') || 'nothing'
  throw new TypeError(`${fileURLToPath(url)} exports no function '${handler}', but ${names}`)
}

/** What a module throws, of its syntax above all, seldom says which module it is. */
async function imported(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ url)
  } catch (cause) {
    const path = fileURLToPath(url)
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${path} does not load: ${why}. To see where: node ${path}`, { cause })
  }
}
