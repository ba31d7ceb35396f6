/**
 * Comma-separated values.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */

/** A row, or what is wrong with it. Lines count from 1; a row begins on its line and may span more. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
  readonly fault: string | undefined
}

/** Rows as they stand, the header's too; blank lines are passed over. Never throws. */
export function parseCsv(text: string): CsvRow[] {
  const reader = new Reader(text.startsWith('\uFEFF') ? text.slice(1) : text)
  const rows: CsvRow[] = []
  while (!reader.done) {
    const row = reader.row()
    if (row !== undefined) rows.push(row)
  }
  return rows
}

/** Rows as text. `parseCsv(formatCsv(rows))` has the same cells. */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map((cell) => formatCell(cell, cells.length)).join(',')}\r\n`).join('')
}

function formatCell(cell: string, columns: number): string {
  // A lone empty cell would be a blank line.
  const quoted = /[",\r\n\uFEFF]|^\s|\s$/.test(cell) || (cell === '' && columns === 1)
  return quoted ? `"${cell.replaceAll('"', '""')}"` : cell
}

const UNQUOTED = /[^,\r\n]*/y
const LINE_END = /\r\n|\r|\n/y
const LINE_ENDS = /\r\n|\r|\n/g

class Reader {
  #at = 0
  #line = 1
  #fault: string | undefined

  constructor(readonly text: string) {}

  get done(): boolean {
    return this.#at >= this.text.length
  }

  /** `undefined`: the line was blank. */
  row(): CsvRow | undefined {
    const line = this.#line
    this.#fault = undefined
    if (this.#lineEnds()) return undefined
    const cells = [this.#cell()]
    while (this.text[this.#at] === ',') {
      this.#at++
      cells.push(this.#cell())
    }
    this.#lineEnds()
    return { line, cells, fault: this.#fault }
  }

  #cell(): string {
    if (this.text[this.#at] !== '"') return this.#unquoted()
    const cell = this.#quoted()
    if (this.#match(UNQUOTED) !== '') this.#fault ??= 'there is text after a closing quote'
    return cell
  }

  #unquoted(): string {
    const cell = this.#match(UNQUOTED)
    if (cell.includes('"')) this.#fault ??= 'a quote stands in a cell that does not begin with one'
    return cell
  }

  /** To the closing quote; a doubled one stands for itself. */
  #quoted(): string {
    const start = this.#at + 1
    let end = this.text.indexOf('"', start)
    while (end >= 0 && this.text[end + 1] === '"') end = this.text.indexOf('"', end + 2)
    if (end < 0) {
      this.#fault ??= 'a quote is opened and never closed: from here on nothing can be read'
      end = this.text.length
    }
    this.#at = end + 1
    const inner = this.text.slice(start, end)
    this.#line += inner.match(LINE_ENDS)?.length ?? 0
    return inner.replaceAll('""', '"')
  }

  #lineEnds(): boolean {
    const ends = this.#match(LINE_END) !== ''
    if (ends) this.#line++
    return ends
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.text) ?? []
    this.#at += found.length
    return found
  }
}
