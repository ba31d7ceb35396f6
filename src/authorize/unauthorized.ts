/** What authorizers throw for a caller whom they do not know, and what a word nearly like it is to be told. */

/** Whether it is AWS's word itself, and nothing like it. */
export function saysUnauthorized(error: unknown): boolean {
  return messageOf(error) === 'Unauthorized'
}

/** The error as it is, or with what would be right where a 401 was meant. @param right what makes one */
export function withHint(error: unknown, right: string): unknown {
  const message = messageOf(error)
  if (message === undefined || !/^un-?authori[sz]ed\b/i.test(message)) return error
  return new Error(`an authorizer threw '${message.slice(0, 80)}': ${right}`, { cause: error })
}

function messageOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error
  return error instanceof Error ? error.message : undefined
}
