/** What a command is given of the world, and how it ends early. */

/** Where text goes: `process.stdout`, or a list of lines in a test. */
export interface Output {
  write(text: string): unknown
  /** Whether somebody looks at it: then headings are bold. */
  readonly isTTY?: boolean | undefined
}

export interface Terminal {
  /** The folder that paths are relative to. */
  readonly cwd: string
  readonly stdout: Output
  readonly stderr: Output
  /** Resolves when what runs until it is stopped is to stop. */
  readonly stopped: Promise<void>
}

/** The exit codes: done; what was asked for is not so; asked for wrongly. */
export const STATUS = { done: 0, failed: 1, misused: 2 } as const

/** Ends a command with one line for its user. */
export class Failure extends Error {
  readonly status: number

  constructor(message: string, status: number = STATUS.failed) {
    super(message)
    this.status = status
  }
}

/** The command line itself was wrong. */
export function misuse(message: string): Failure {
  return new Failure(message, STATUS.misused)
}

/** Whatever was thrown, in one line. */
export function inOneLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return text.split('\n', 1)[0]?.trim() ?? ''
}

export function codeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined
}
