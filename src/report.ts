/** Where failures go that no caller is told of. */
import { isPromise } from './store/bounded.js'

/** The user's `onError`, or a warning of the process. Never throws: nobody would catch it, and the process would end. */
export function reporter(onError: ((error: unknown) => unknown) | undefined): (error: unknown) => void {
  if (onError === undefined) return warn
  return (error) => {
    try {
      const told = onError(error)
      if (isPromise(told)) told.then(undefined, warn)
    } catch (failure) {
      warn(error)
      warn(failure)
    }
  }
}

function warn(error: unknown): void {
  const detail = error instanceof Error ? error.stack : undefined
  process.emitWarning(inWords(error), { type: 'PosternWarning', ...(detail !== undefined && { detail }) })
}

/** Anything can be thrown, and not all of it can be turned into text. */
export function inWords(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'something was thrown that has no words'
  }
}
