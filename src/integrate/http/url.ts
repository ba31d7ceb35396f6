/**
 * The URLs that integrations lead to: `https://pets.internal/{proxy}`, `${stageVariables.url}/pets/{id}`,
 * `unix:/run/pets.sock:/pets/{id}`. Whom they lead to is fixed when a snapshot is published; callers fill the path.
 */
import { remembered } from '../../remembered.js'
import { isPublicAddress } from './private.js'

/** A URL that cannot be one, or not here; and what would be right. */
export class UrlFault extends Error {
  constructor(
    readonly kind: 'invalid' | 'variable' | 'host',
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}

/** A piece of a URL as it is written. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `{id}`, `{proxy+}`: of the path of a request. */
  | { readonly kind: 'parameter'; readonly name: string }
  /** `${stageVariables.host}` */
  | { readonly kind: 'variable'; readonly name: string }

const PIECE = /\$\{stageVariables\.(\w+)\}|\{([^{}]*?)\+?\}|[{}]/g

/** The methods of a path most often share a URL. @throws UrlFault */
export const piecesOf = remembered(readPieces, 1_000)

function readPieces(text: string): readonly Piece[] {
  const [bare, name] = /\$stageVariables\.(\w+)/.exec(text) ?? []
  if (bare !== undefined)
    throw new UrlFault(
      'variable',
      `'${bare}' is no stage variable of a URL`,
      `Write \${stageVariables.${name}}.`,
    )
  const pieces: Piece[] = []
  let at = 0
  for (const found of text.matchAll(PIECE)) {
    const [whole, variable, parameter] = found
    if (found.index > at) pieces.push({ kind: 'text', text: text.slice(at, found.index) })
    if (variable !== undefined) pieces.push({ kind: 'variable', name: variable })
    else if (parameter !== undefined && parameter !== '') pieces.push({ kind: 'parameter', name: parameter })
    else throw unclosed(whole)
    at = found.index + whole.length
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) })
  return pieces
}

function unclosed(brace: string): UrlFault {
  const fix = `Write {id} for a parameter of the path, \${stageVariables.name} for a stage variable.`
  return new UrlFault('invalid', `a '${brace}' that is part of no parameter`, fix)
}

/** Where an integration leads, once its stage is known. */
export interface Destination {
  /** Scheme, host and port: `https://pets.internal:8443`. */
  readonly origin: string
  /** Of a server on this machine, by its path in the file system. */
  readonly socketPath: string | undefined
  /** From here on: the path, then the query, in which parameters are to be filled. */
  readonly path: readonly Piece[]
  readonly query: readonly Piece[]
}

/** Stands for a parameter while the rest of a URL is looked at: no URL holds it. */
const MARK = '\uE000'

/**
 * A URL on its stage.
 *
 * @param variables `undefined`: not known yet, and anything may stand in their place
 * @throws UrlFault
 */
export function destinationOf(
  pieces: readonly Piece[],
  variables: Readonly<Record<string, string>> | undefined,
): Destination | undefined {
  const texts = pieces.map((piece) => textOf(piece, variables))
  // What a variable stands for may be the scheme, the host, or all of the URL.
  const isOpen = variables === undefined && pieces.some(({ kind }) => kind === 'variable')
  const text = texts.join('')
  const names = pieces.flatMap((piece) => (piece.kind === 'parameter' ? [piece.name] : []))
  const authority = authorityIn(text)
  if (authority.includes(MARK)) throw hostChosen(names[0] ?? '')
  if (isOpen) return undefined
  const [path = '', query = ''] = split(text.slice(authority.length))
  const inPath = path.split(MARK).length - 1
  const { origin, socketPath } = placeOf(authority, text)
  return {
    origin,
    socketPath,
    path: filledWith(path === '' ? '/' : path, names),
    query: filledWith(query, names.slice(inPath)),
  }
}

function textOf(piece: Piece, variables: Readonly<Record<string, string>> | undefined): string {
  if (piece.kind === 'text') return piece.text
  if (piece.kind === 'parameter') return MARK
  return variables === undefined ? 'v' : valueOf(piece.name, variables)
}

/** A variable of the stage. @throws UrlFault where there is none */
export function valueOf(name: string, variables: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value !== undefined) return value
  const fix = `Give the stage's \`variables\` a \`${name}\`.`
  throw new UrlFault('variable', `the stage has no variable '${name}'`, fix)
}

/** What stands before the path: `https://pets.internal`, `unix:/run/pets.sock`. */
function authorityIn(text: string): string {
  if (/^unix:/i.test(text)) return /^unix:[^:]*/i.exec(text)?.[0] ?? ''
  return /^(?:[^/?#:]*:\/\/)?[^/?#]*/.exec(text)?.[0] ?? ''
}

function hostChosen(name: string): UrlFault {
  const message = `'{${name}}' stands where the host is: callers would choose whom they are sent to`
  return new UrlFault(
    'host',
    message,
    `Write scheme, host and port as they are, or as \${stageVariables.name}.`,
  )
}

/** What follows the authority; a socket's path ends with a colon. */
function split(rest: string): readonly [path: string, query: string] {
  const text = rest.startsWith(':') ? rest.slice(1) : rest
  if (text.includes('#')) {
    throw new UrlFault('invalid', "a '#', which no server is ever told of", 'Leave out what follows it.')
  }
  const mark = text.indexOf('?')
  return mark === -1 ? [text, ''] : [text.slice(0, mark), text.slice(mark + 1)]
}

const FORM =
  "Write scheme, host and path, 'https://pets.internal/{proxy}', or a socket and the path, 'unix:/run/pets.sock:/pets'."

type Place = Pick<Destination, 'origin' | 'socketPath'>

/** Many routes lead to few hosts. */
const places = new Map<string, Place>()
const MOST_PLACES = 1_000

/** @param text all of it, to be shown where there is no authority */
function placeOf(authority: string, text = authority): Place {
  const known = places.get(authority)
  if (known !== undefined) return known
  const place = readPlace(authority, text)
  if (places.size >= MOST_PLACES) places.clear()
  places.set(authority, place)
  return place
}

function readPlace(authority: string, text: string): Place {
  const socket = /^unix:(\/.+)$/i.exec(authority)?.[1]
  if (socket !== undefined) return { origin: 'http://localhost', socketPath: socket }
  const url = /^https?:\/\/[^/]/i.test(authority) ? parsed(authority) : undefined
  if (url === undefined)
    throw new UrlFault(
      'invalid',
      `'${authority || text.replaceAll(MARK, '{…}')}' is no host to be asked over HTTP`,
      FORM,
    )
  if (url.username !== '' || url.password !== '') {
    const fix = "Map a header: { 'integration.request.header.authorization': \"'Basic …'\" }."
    throw new UrlFault('invalid', 'a URL with a password in it', fix)
  }
  return { origin: url.origin, socketPath: undefined }
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Text and parameters by turns. What cannot stand in a request's line is encoded. */
function filledWith(text: string, names: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = []
  let index = -1
  for (const part of text.split(MARK)) {
    if (++index > 0) pieces.push({ kind: 'parameter', name: names[index - 1] ?? '' })
    if (part !== '') pieces.push({ kind: 'text', text: part.replace(/[^!-~]+/gu, encodeURIComponent) })
  }
  return pieces
}

/** A target of a `vpcLink`, where it is, or of a list of upstreams. @throws UrlFault */
export function placeIn(text: string): Place {
  return placeOf(text.replace(/\/$/, ''))
}

/** What must be private, and says of itself that it is not. */
export function isPublic({ origin, socketPath }: Place): boolean {
  return socketPath === undefined && isPublicAddress(new URL(origin).hostname)
}
