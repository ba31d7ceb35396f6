/** A module of the user's, and the gateway that it exports. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { GatewayDefinition } from '../definition.js'
import type { Fault } from '../errors.js'
import { Gateway } from '../gateway.js'
import { suggest } from '../suggest.js'
import { codeOf, Failure, inOneLine } from './terminal.js'
import { TSX } from './typescript.js'

const FOLDERS = ['', 'src/', 'lib/', 'app/']
const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']

/** Where `postern init` writes, and where one would put it by hand. @throws Failure where there is none */
export function usualFile(cwd: string): string {
  const places = FOLDERS.flatMap((folder) => EXTENSIONS.map((extension) => `${folder}gateway.${extension}`))
  const found = places.find((place) => existsSync(resolve(cwd, place)))
  if (found !== undefined) return found
  throw new Failure(
    'there is no gateway.ts or gateway.js here, in src, lib or app. Name the file: postern check <file>, or write one: postern init',
  )
}

/** Where a file lies that is named on a command line. @throws Failure where there is none */
export function pathOf(cwd: string, file: string): string {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(file))
    throw new Failure(
      `nothing is fetched from another machine: download ${file}, look at it, and name the file`,
    )
  const path = resolve(cwd, file)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory()) throw new Failure(`${file} is a folder: name a file in it`)
  if (stat === undefined) throw new Failure(`there is no file ${file}${nearest(path, file)}`)
  return path
}

function nearest(path: string, file: string): string {
  const folder = dirname(path)
  const near = existsSync(folder) ? suggest(basename(path), readdirSync(folder)) : undefined
  return near === undefined ? '' : `. Did you mean ${join(dirname(file), near)}?`
}

/**
 * Imports a module and takes the gateway out of it, or makes one of its definition.
 *
 * @throws DefinitionError of the definition, or what the module itself throws of the kind
 * @throws Failure where it does not load, or exports nothing of the kind
 */
export async function gatewayIn(cwd: string, file: string): Promise<Gateway> {
  const found = find(await imported(pathOf(cwd, file), file))
  if (found === undefined) {
    throw new Failure(
      `${file} exports neither a gateway nor a definition. Write: export const gateway = createGateway({ routes: [ … ] })`,
    )
  }
  return isGateway(found) ? found : new Gateway(found)
}

async function imported(path: string, file: string): Promise<Exports> {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Exports
  } catch (error) {
    if (faultsOf(error) !== undefined) throw error
    if (isTypeScript(file) && isNodes(error)) throw new Failure(needsTsx(file, error))
    throw new Failure(`${file} does not load: ${inOneLine(error)}. ${wayOut(file, error)}`)
  }
}

function wayOut(file: string, error: unknown): string {
  if (codeOf(error) === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'Name a module (.js, .mjs, .cjs, .ts), or a document (.json, .yaml, .yml)'
  return `To see where: node ${file}`
}

/** Whether Node takes no TypeScript, not all of it, or takes it for CommonJS, or resolves a name otherwise than a compiler. */
function isNodes(error: unknown): boolean {
  const code = codeOf(error)
  if (
    error instanceof SyntaxError &&
    /^Cannot use import statement|^Unexpected token 'export'/.test(error.message)
  )
    return true
  if (code === 'ERR_MODULE_NOT_FOUND') return inOneLine(error).startsWith('Cannot find module')
  return TYPESCRIPT_CODES.has(code)
}

const TYPESCRIPT_CODES = new Set<unknown>([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
])

function isTypeScript(file: string): boolean {
  return ['.ts', '.mts', '.cts'].includes(extname(file))
}

function needsTsx(file: string, error: unknown): string {
  return `Node ${process.versions.node} alone does not load ${file}: ${inOneLine(error)}. Try: ${TSX} check ${file}, or compile it and check the .js`
}

type Exports = Readonly<Record<string, unknown>>

const NAMES = ['gateway', 'definition', 'default']

/** The export of a name that says so, or any that is one. CommonJS has its exports in `default`, too. */
function find(exports: Exports): Gateway | GatewayDefinition | undefined {
  const { default: inner } = exports
  const all = isObject(inner) ? { ...inner, ...exports } : exports
  for (const name of NAMES) {
    const value = all[name]
    if (isGateway(value) || isDefinition(value)) return value
  }
  const any = Object.values(all).find((value) => isGateway(value) || isDefinition(value))
  // What is called so is meant to be one, whatever it lacks: its faults say what.
  return (any ??
    NAMES.slice(0, 2)
      .map((name) => all[name])
      .find(isObject)) as GatewayDefinition | undefined
}

/** By its shape: the module may have another copy of the package, the CommonJS one. */
function isGateway(value: unknown): value is Gateway {
  return isObject(value) && isObject(value.control) && typeof value.handle === 'function'
}

function isDefinition(value: unknown): value is GatewayDefinition {
  return isObject(value) && Array.isArray(value.routes)
}

/** Those of a {@link DefinitionError}, of whichever copy of the package. */
export function faultsOf(error: unknown): readonly Fault[] | undefined {
  if (codeOf(error) !== 'DEFINITION_INVALID' || !isObject(error)) return undefined
  return Array.isArray(error.faults) ? (error.faults as readonly Fault[]) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
