/** Rows of text, aligned. */

/**
 * @param headings above the columns; a column whose heading ends in `?` is left out where no row fills it
 * @param rows as many cells as there are headings; an empty one is shown as `-`
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = headings.flatMap((heading, index) => {
    const cells = rows.map((row) => row[index] || '-')
    if (heading.endsWith('?') && cells.every((cell) => cell === '-')) return []
    return [[heading.replace(/\?$/, ''), ...cells]]
  })
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)))
  const line = (cellOf: (column: number) => string) => {
    const cells = widths.map((width, column) => cellOf(column).padEnd(width))
    return `  ${cells.join('  ').trimEnd()}\n`
  }
  const lines = ['', ...rows].map((_, index) => line((column) => columns[column]?.[index] ?? ''))
  lines.splice(
    1,
    0,
    line((column) => '-'.repeat(widths[column] ?? 0)),
  )
  return lines.join('')
}
