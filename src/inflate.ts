/** Compressed bodies, with a bound on what they become. */
import type * as Zlib from 'node:zlib'

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }, done: Done) => void
type Done = (error: Error | null, bytes: Buffer) => void

/** More than one is unusual, more than these is an attack. */
const MOST_ENCODINGS = 3

let known: ReadonlyMap<string, Inflate> | undefined

function inflates(): ReadonlyMap<string, Inflate> {
  known ??= loaded()
  return known
}

function loaded(): ReadonlyMap<string, Inflate> {
  // Loaded when a body is first compressed: most never are.
  const zlib: typeof Zlib = process.getBuiltinModule('node:zlib')
  const all = new Map<string, Inflate>([
    ['gzip', zlib.gunzip],
    ['x-gzip', zlib.gunzip],
    ['deflate', zlib.inflate],
    ['br', zlib.brotliDecompress],
  ])
  // Newer versions of Node have it.
  const zstd: unknown = Reflect.get(zlib, 'zstdDecompress')
  if (typeof zstd === 'function') all.set('zstd', (...given) => Reflect.apply(zstd, zlib, given))
  return all
}

const NONE: readonly string[] = []

/** The encodings of a body, the last applied first; `'unknown'` where one of them is not known. */
export function encodingsOf(header: string | undefined): readonly string[] | 'unknown' {
  if (header === undefined) return NONE
  const names = header.split(',').map((name) => name.trim().toLowerCase())
  const encodings = names.filter((name) => name !== '' && name !== 'identity')
  const fit = encodings.length <= MOST_ENCODINGS && encodings.every((name) => inflates().has(name))
  return fit ? encodings.reverse() : 'unknown'
}

/**
 * @param most bytes that may come of it, at any moment
 * @returns what came of it; `'large'`, `'broken'`
 */
export async function inflated(
  bytes: Uint8Array,
  encodings: readonly string[],
  most: number,
): Promise<Uint8Array | 'large' | 'broken'> {
  let result = bytes
  for (const encoding of encodings) {
    const step = await once(inflates().get(encoding), result, most)
    if (typeof step === 'string') return step
    result = step
  }
  return result
}

function once(
  inflate: Inflate | undefined,
  bytes: Uint8Array,
  most: number,
): Promise<Uint8Array | 'large' | 'broken'> {
  return new Promise((resolve) => {
    if (inflate === undefined) return resolve('broken')
    inflate(bytes, { maxOutputLength: most }, (error, result) => {
      if (error === null) resolve(result)
      else resolve('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'large' : 'broken')
    })
  })
}
