/** Options as they are given, by whoever has no compiler to check them. */
import { didYouMean, suggest } from '../suggest.js'
import { type Report, show } from './report.js'

/** The fields that there are; of those with a choice, among what. */
export type Choices<T> = { readonly [K in keyof Required<T>]: readonly string[] | undefined }

/** Reports fields that there are not, and values that are none of the choices. */
export function checkChoices<T extends object>(
  options: T,
  choices: Choices<T>,
  report: Report,
  where = 'options',
): void {
  const known = Object.keys(choices)
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) {
      const fix = didYouMean(name, known, `There is ${known.join(', ')}.`)
      report.fault(`${where}.${name}`, 'UNKNOWN_FIELD', `there is no option \`${name}\``, fix)
      continue
    }
    const allowed = choices[name as keyof T]
    if (allowed === undefined || value === undefined || allowed.includes(value)) continue
    const near = typeof value === 'string' ? suggest(value, allowed) : undefined
    const fix = `Write ${near === undefined ? allowed.map(show).join(', ') : show(near)}.`
    report.fault(`${where}.${name}`, 'VALUE_INVALID', `${show(value)} is none of its values`, fix)
  }
}
