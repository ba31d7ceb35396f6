/** Options of a command, and what to say of those that there are not. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { suggest } from '../suggest.js'
import { inOneLine, misuse } from './terminal.js'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * @param command what to name in the hint: `postern init`
 * @throws Failure that names the nearest option
 */
export function optionsOf<const T extends Options>(command: string, argv: readonly string[], options: T) {
  const args = [...argv]
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true })
  const known = Object.keys(options).map((name) => `--${name}`)
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue
    throw misuse(unknown('option', token.rawName, known, command))
  }
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw misuse(`${inOneLine(error)}. See: ${command} --help`)
  }
}

/** That there is no such thing, and what may have been meant. */
export function unknown(what: string, name: string, known: readonly string[], command: string): string {
  const near = suggest(name, known)
  const hint = near === undefined ? `See: ${command} --help` : `Did you mean ${near}?`
  return `there is no ${what} ${name}. ${hint}`
}
