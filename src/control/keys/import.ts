/** From the rows of a file to keys. */
import { type ImportWarning, type KeyRow, warningOf } from './csv.js'
import { refuse } from './input.js'
import { agreeOnStages, type StagesOf } from './plans.js'
import { blankKey, changedKey, type KeyChange, keyRecord, type StoredKey } from './record.js'
import type { KeyShelf } from './shelf.js'

/** What the import of a file must know. */
interface ImportScope {
  readonly shelf: KeyShelf
  readonly stagesOf: StagesOf
  /** An id that no key has. */
  readonly newId: () => Promise<string>
  /** Keys at most. */
  readonly most: number
  /** Clock, ms. */
  readonly now: number
}

interface Planned {
  readonly changes: readonly KeyChange[]
  readonly warnings: readonly ImportWarning[]
}

/** What the rows come to. Writes nothing. */
export async function planImport(rows: readonly KeyRow[], scope: ImportScope): Promise<Planned> {
  const warnings: ImportWarning[] = []
  const changes = new Map<string, KeyChange>()
  let room = scope.most - (await scope.shelf.count(scope.most))
  for (const row of rows) {
    try {
      const { before, after } = await changeOf(row, scope)
      if (changes.has(after.id)) refuse('an earlier line is the same API key', 'KEY_EXISTS')
      if (before === undefined && room === 0)
        refuse(`there are ${scope.most} API keys, and no room for more`, 'LIMIT_REACHED')
      if (before === undefined) room--
      changes.set(after.id, { before, after })
    } catch (error) {
      warnings.push(warningOf(row.line, error))
    }
  }
  return { changes: [...changes.values()], warnings }
}

/** A new key, or a change of the one that has this value already. */
async function changeOf(
  { digest, fields }: KeyRow,
  scope: ImportScope,
): Promise<KeyChange & { after: StoredKey }> {
  const { shelf, stagesOf, now } = scope
  agreeOnStages(fields.plans ?? [], stagesOf)
  const owner = await shelf.owner(digest)
  const before = owner === undefined ? undefined : await shelf.get(owner)
  if (before === undefined) {
    return { before, after: changedKey(blankKey(await scope.newId(), digest, now), fields, now) }
  }
  if (keyRecord(before, digest, now) === undefined) refuse('the value has been rotated out', 'KEY_INVALID')
  return { before, after: changedKey(before, fields, now) }
}
