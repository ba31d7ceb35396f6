/** The ways in which users compile decorators. */
import { pathToFileURL } from 'node:url'

export const TC39 = ['typescript', 'typescript with Symbol.metadata', 'esbuild'] as const
export const LEGACY = ['typescript-legacy', 'esbuild-legacy'] as const
export const FLAVOURS = [...TC39, ...LEGACY] as const

export type Flavour = (typeof FLAVOURS)[number]

/** A file of `fixtures`, compiled in that way. */
export async function fixture(name: string, flavour: Flavour) {
  const { href } = pathToFileURL(`${import.meta.dirname}/fixtures/${name}.ts`)
  const load = () => import(/* @vite-ignore */ `${href}?${encodeURIComponent(flavour)}`)
  return flavour.endsWith('Symbol.metadata') ? withMetadata(load) : load()
}

/** As where somebody has brought it in: no Node has it yet. */
async function withMetadata<T>(run: () => Promise<T>): Promise<T> {
  const had = Object.getOwnPropertyDescriptor(Symbol, 'metadata')
  Object.defineProperty(Symbol, 'metadata', { value: Symbol.for('Symbol.metadata'), configurable: true })
  try {
    return await run()
  } finally {
    Reflect.deleteProperty(Symbol, 'metadata')
    if (had !== undefined) Object.defineProperty(Symbol, 'metadata', had)
  }
}
