/** The port by hand: what an adapter makes of a request, without the adapter. */
export class CallerRequest {
  method = 'GET'
  peer = '127.0.0.1'
  encrypted = true
  foldsCase = true
  hasBody = false

  /** @param {ReturnType<typeof received>} headers */
  constructor(target, headers) {
    this.target = target
    this.localTarget = target
    this.headers = headers
  }

  header(name) {
    return this.headers.fields[name]
  }

  rawHeaders() {
    return this.headers.raw
  }

  async body() {
    return new Uint8Array(0)
  }

  stream() {
    return undefined
  }

  /** Somebody waits for the answer, and nobody leaves. */
  whenGone() {
    return () => {}
  }
}

/** Header fields in the two forms that Node has them in. What is `undefined` is not there. */
export function received(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const pairs = given.map(([name, value]) => [name, String(value)])
  return {
    raw: pairs.flat(),
    fields: Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value])),
  }
}
