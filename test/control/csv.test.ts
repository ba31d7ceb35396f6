import { describe, expect, test } from 'vitest'
import { formatCsv, parseCsv } from '../../src/control/csv.js'
import { fc } from '../laws.js'

const cells = (text: string) => parseCsv(text).map((row) => row.cells)
const faults = (text: string) => parseCsv(text).map((row) => row.fault)

describe('reading', () => {
  test('rows end with CRLF, LF or CR, the last one with nothing if it likes', () => {
    expect(cells('a,b\r\nc,d\ne,f\rg,h')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ])
  })

  test('a byte order mark is no part of the first cell', () => {
    expect(cells('\uFEFFName,Key')).toEqual([['Name', 'Key']])
  })

  test('quotes keep commas, line ends and doubled quotes', () => {
    expect(cells('"a,b","c\r\nd","e ""f"" g",""')).toEqual([['a,b', 'c\r\nd', 'e "f" g', '']])
  })

  test('empty cells count, blank lines do not', () => {
    expect(cells('a,,\n\n\r\n,b\n""\n')).toEqual([['a', '', ''], ['', 'b'], ['']])
  })

  test('lines are counted through quoted line ends', () => {
    expect(parseCsv('a\n"b\nc"\n\nd').map((row) => row.line)).toEqual([1, 2, 5])
  })

  test('what is wrong with a row does not touch the next one', () => {
    expect(faults('"a"b,c\nd,e"f\ng')).toEqual([
      'there is text after a closing quote',
      'a quote stands in a cell that does not begin with one',
      undefined,
    ])
    expect(cells('"a"b,c\nd')).toEqual([['a', 'c'], ['d']])
  })

  test('a quote that is never closed is told with the line on which it was opened', () => {
    expect(parseCsv('a\nb,"c\nd\n')).toMatchObject([
      { line: 1, fault: undefined },
      { line: 2, fault: 'a quote is opened and never closed: from here on nothing can be read' },
    ])
  })

  test('any text at all is read, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a', ' ', '\uFEFF') }), (text) => {
        for (const { line } of parseCsv(text)) expect(line).toBeGreaterThan(0)
      }),
    )
  })

  test('ten megabytes of quotes take no longer than ten megabytes', { timeout: 20_000 }, () => {
    expect(cells(`${'"'.repeat(10_000_000)}\n`)[0]?.[0]).toHaveLength(4_999_999)
  })
})

describe('writing', () => {
  test('what is written is read back as it was', { timeout: 20_000 }, () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', ' ', '\uFEFF') }),
    )
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 5 })
    fc.assert(
      fc.property(rows, (given) => {
        expect(parseCsv(formatCsv(given))).toEqual(
          given.map((row) => expect.objectContaining({ cells: row, fault: undefined })),
        )
      }),
    )
  })

  test('only what needs quotes gets them', () => {
    expect(formatCsv([['a b', 'c,d', 'e"f', ' g'], ['']])).toBe('a b,"c,d","e""f"," g"\r\n""\r\n')
  })
})
