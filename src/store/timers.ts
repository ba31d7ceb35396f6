/** Timers of what runs beside requests, none of which keeps a process alive; and of requests, which do. */

/** Calls `run` once after `ms`. @returns to be called where that is not wanted any more */
export function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}

/** Calls `run` every `ms`. @returns to be called where that is not wanted any more */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms).unref()
  return () => clearInterval(timer)
}

/** Calls `run` once after `ms`, for which somebody waits. @returns to be called where that is not wanted any more */
export function soon(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
