/**
 * API keys as AWS has them in CSV files.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 */
import { digestApiKey } from '../../digest.js'
import { type ErrorCode, PosternError } from '../../errors.js'
import { type CsvRow, formatCsv, parseCsv } from '../csv.js'
import { DIGEST, type KeyFields, readPatch, readValue, refuse } from './input.js'
import type { StoredKey } from './record.js'

/** A row that was not imported, and why. */
export interface ImportWarning {
  /** From 1, the header's line. */
  readonly line: number
  readonly code: ErrorCode
  readonly message: string
}

/** A row that can be imported, as far as the file alone can tell. */
export interface KeyRow {
  readonly line: number
  readonly digest: string
  /** `undefined` where the file has the digest alone. */
  readonly value: string | undefined
  /** Columns that the file does not have are left out. */
  readonly fields: KeyFields & { readonly name: string }
}

/** The columns of an export: AWS's own, then ours, which AWS ignores. */
const COLUMNS = ['Name', 'Key', 'Description', 'Enabled', 'UsagePlanIds', 'ExpiresAt', 'Tags']
const REQUIRED = ['Name', 'Key']

const MOST_BYTES = 10 * 1024 * 1024

/**
 * The rows of a file: those that are sound, and what is wrong with the others.
 *
 * @throws PosternError `CSV_INVALID` when the file as a whole cannot be read
 */
export function readKeyRows(csv: unknown, most: number): { rows: KeyRow[]; warnings: ImportWarning[] } {
  const [header, ...body] = parseCsv(textOf(csv))
  const columns = columnsOf(header)
  if (body.length > most)
    refuse(`the file has ${body.length} rows, more than the ${most} that are read`, 'CSV_INVALID')
  const rows: KeyRow[] = []
  const warnings: ImportWarning[] = []
  const lines = new Map<string, number>()
  for (const row of body) {
    try {
      const read = readRow(row, columns)
      const before = lines.get(read.digest)
      if (before !== undefined) refuse(`the same key stands in line ${before}`, 'KEY_EXISTS')
      lines.set(read.digest, row.line)
      rows.push(read)
    } catch (error) {
      warnings.push(warningOf(row.line, error))
    }
  }
  return { rows, warnings }
}

/** What an error of ours says of a row. Any other is none of the row's, and goes on. */
export function warningOf(line: number, error: unknown): ImportWarning {
  if (!(error instanceof PosternError)) throw error
  return { line, code: error.code, message: error.message }
}

/** Keys as a file, by their newest digests. */
export function writeKeyRows(keys: readonly StoredKey[]): string {
  return formatCsv([COLUMNS, ...keys.map(cellsOf)])
}

function cellsOf({ name, description, enabled, plans, expiresAt, tags, digests }: StoredKey): string[] {
  const until = expiresAt === undefined ? '' : new Date(expiresAt).toISOString()
  const labels = Object.keys(tags).length === 0 ? '' : JSON.stringify(tags)
  return [
    name,
    `sha256:${digests[0]?.digest}`,
    description ?? '',
    String(enabled),
    plans.join(','),
    until,
    labels,
  ]
}

function textOf(csv: unknown): string {
  if (typeof csv !== 'string' && !(csv instanceof Uint8Array)) {
    return refuse('a CSV file is a string or its bytes', 'CSV_INVALID')
  }
  // A string has at least as many bytes as characters.
  const bytes = typeof csv === 'string' && csv.length <= MOST_BYTES ? Buffer.byteLength(csv) : csv.length
  if (bytes > MOST_BYTES) refuse('the file is larger than 10 MB', 'CSV_INVALID')
  return typeof csv === 'string' ? csv : decoded(csv)
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('the file is not UTF-8', 'CSV_INVALID')
  }
}

/** Where each column that we know stands: in any order and case. */
function columnsOf(header: CsvRow | undefined): ReadonlyMap<string, number> {
  if (header === undefined)
    return refuse('the file is empty: its first line names the columns', 'CSV_INVALID')
  if (header.fault !== undefined) refuse(`line ${header.line}: ${header.fault}`, 'CSV_INVALID')
  const columns = new Map<string, number>()
  for (const [index, cell] of header.cells.entries()) {
    const known = COLUMNS.find((column) => column.toLowerCase() === cell.trim().toLowerCase())
    if (known !== undefined && columns.has(known))
      refuse(`the column ${known} stands there twice`, 'CSV_INVALID')
    columns.set(known ?? `#${index}`, index)
  }
  const missing = REQUIRED.filter((column) => !columns.has(column))
  if (missing.length > 0) refuse(`the first line names no column ${missing.join(' and ')}`, 'CSV_INVALID')
  return columns
}

function readRow({ line, cells, fault }: CsvRow, columns: ReadonlyMap<string, number>): KeyRow {
  if (fault !== undefined) refuse(fault, 'CSV_INVALID')
  if (cells.length > columns.size) {
    refuse('has more cells than the header: a list of plans stands in quotes, "free,gold"', 'CSV_INVALID')
  }
  // A column that the file has and the row has not is as good as blank.
  const cell = (column: string) => (columns.has(column) ? (cells[columns.get(column) ?? 0] ?? '') : undefined)
  const fields = {
    name: cell('Name') ?? '',
    description: cell('Description'),
    enabled: enabledOf(cell('Enabled')),
    plans: plansOf(cell('UsagePlanIds')),
    expiresAt: whole(cell('ExpiresAt'), null, (text) => text),
    tags: whole(cell('Tags'), {}, jsonOf),
  }
  return { line, ...keyOf(cell('Key') ?? ''), fields: { ...readPatch(fields), name: fields.name } }
}

function keyOf(cell: string): Pick<KeyRow, 'digest' | 'value'> {
  const [, digest] = DIGEST.exec(cell.trim()) ?? []
  if (digest !== undefined) return { digest, value: undefined }
  const value = readValue(cell.trim())
  return { digest: digestApiKey(value), value }
}

function enabledOf(cell: string | undefined): boolean | undefined {
  const text = cell?.trim().toLowerCase()
  if (text === undefined || text === '') return text === undefined ? undefined : true
  return text === 'true' || (text === 'false' ? false : refuse('Enabled is true or false'))
}

function plansOf(cell: string | undefined): readonly string[] | undefined {
  return cell
    ?.split(',')
    .map((plan) => plan.trim())
    .filter((plan) => plan !== '')
}

/** A cell of a column that may be blank, or be missing altogether. */
function whole<T, B>(cell: string | undefined, blank: B, read: (text: string) => T): T | B | undefined {
  return cell === undefined ? undefined : cell.trim() === '' ? blank : read(cell.trim())
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('Tags is a JSON object of strings')
  }
}
