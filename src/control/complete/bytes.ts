/** Sizes, as AWS writes them. */

const UNITS = { MB: 2 ** 20, GB: 2 ** 30 } as const

/** In bytes; `NaN` for what is no size. A gigabyte is AWS's: 2^30 bytes. */
export function bytesOf(size: number | string): number {
  if (typeof size === 'number') return size
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(MB|GB)$/.exec(size) ?? []
  return Math.floor(Number(amount ?? Number.NaN) * UNITS[unit === 'GB' ? 'GB' : 'MB'])
}
