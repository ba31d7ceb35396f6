/** What becomes of single requests: the answer, and the record. */
import { expect, it } from 'vitest'
import type { Topic } from '../adapter.js'
import { CALLERS } from './callers.js'
import { ROWS, type Row, recordOf } from './requests.js'

export const exchanges: Topic = ({ kind, caller, needs }) => {
  const stage = kind === 'routes' ? '$default' : 'prod'
  const rows = [...ROWS, ...CALLERS].filter(({ mounted }) => kind !== 'routes' || mounted !== true)

  async function becomes(row: Row): Promise<void> {
    const { line, bare, ask = {}, status, told, headers = {} } = row
    const options = typeof ask === 'function' ? await ask(caller()) : ask
    const got = bare ? await caller().send(line, options) : await caller().ask(line, options)
    expect(got.status).toBe(status)
    expectBody(got.text, row.body, stage)
    if (told !== undefined) expect(got.json).toMatchObject(onStage(told, stage))
    expect(got.headers).toMatchObject({ ...headers, 'x-amzn-requestid': got.id })
    expect(await caller().record(got.id)).toEqual(recordOf(row, kind))
  }

  for (const row of rows) {
    if (row.needs === undefined) it(row.title, () => becomes(row))
    else needs(row.needs, row.title, () => becomes(row))
  }
}

function expectBody(text: string, body: Row['body'], stage: string): void {
  if (body instanceof RegExp) expect(text).toMatch(body)
  else if (typeof body === 'string') expect(text).toBe(body)
  else if (body !== undefined) expect(JSON.parse(text)).toEqual(onStage(body, stage))
}

function onStage(said: object, stage: string): object {
  return JSON.parse(JSON.stringify(said).replace('{stage}', stage))
}
