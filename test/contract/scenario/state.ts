/** What the scenario's app remembers, and lets the suite ask for over HTTP: the two may be in different processes. */
import type { ExchangeRecord } from 'postern'
import type { TestClock } from 'postern/testing'

interface Gate {
  readonly opened: Promise<void>
  readonly open: () => void
}

export class State {
  readonly records: ExchangeRecord[] = []
  readonly errors: unknown[] = []
  readonly #calls = new Map<string, number>()
  readonly #notes = new Map<string, string[]>()
  readonly #gates = new Map<string, Gate>()

  constructor(readonly clock: TestClock) {}

  /** Counts a handler's run. @returns the how-many-eth it is */
  count(name: string): number {
    const calls = this.calls(name) + 1
    this.#calls.set(name, calls)
    return calls
  }

  calls(name: string): number {
    return this.#calls.get(name) ?? 0
  }

  /** What a handler saw, by the request's id. */
  note(id: string, what: string): void {
    this.#notes.set(id, [...this.notes(id), what])
  }

  notes(id: string): readonly string[] {
    return this.#notes.get(id) ?? []
  }

  /** Waits until the suite opens it. */
  gate(name: string): Promise<void> {
    return this.#gate(name).opened
  }

  open(name: string): void {
    this.#gate(name).open()
  }

  #gate(name: string): Gate {
    const known = this.#gates.get(name)
    if (known !== undefined) return known
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const gate = { opened, open }
    this.#gates.set(name, gate)
    return gate
  }
}

/** What the suite asks of the app, under `/contract/`, which the gateway passes on ungated. */
export function control(state: State, what: string, asked: URLSearchParams): unknown {
  const of = asked.get('of') ?? ''
  switch (what) {
    case 'records':
      return state.records.filter(({ requestId }) => of === '' || requestId === of).map(plain)
    case 'errors':
      return state.errors.map(String)
    case 'calls':
      return state.calls(of)
    case 'notes':
      return state.notes(of)
    case 'open':
      return state.open(of)
    case 'clock':
      state.clock.advance(Number(asked.get('advance') ?? 0))
      return state.clock.now()
    default:
      throw new TypeError(`nothing is called ${what}`)
  }
}

/** A record as JSON can say it: what is not there is `null`, or it would be left out. */
function plain(record: ExchangeRecord): object {
  const named = Object.entries(record).map(([name, value]) => [name, value ?? null])
  return { ...Object.fromEntries(named), error: record.error === undefined ? null : String(record.error) }
}
