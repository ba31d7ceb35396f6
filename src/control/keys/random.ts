/** Random ids and values. */

/** So many random bytes: `crypto.randomBytes`, or a test's own. */
export type RandomBytes = (size: number) => Uint8Array

const LOWER = '0123456789abcdefghijklmnopqrstuvwxyz'
const ALL = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`

/** The id of a key: 10 lower-case letters and digits, as AWS has them. */
export function randomId(bytes: RandomBytes): string {
  return randomText(LOWER, 10, bytes)
}

/** The value of a key: 40 letters and digits, 238 bits. */
export function randomValue(bytes: RandomBytes): string {
  return randomText(ALL, 40, bytes)
}

/** Each character as likely as any other: bytes past the last whole multiple of the alphabet are thrown away. */
function randomText(alphabet: string, length: number, bytes: RandomBytes): string {
  const fair = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of bytes(length)) {
      if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}
