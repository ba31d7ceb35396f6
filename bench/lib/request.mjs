/** The port by hand: what an adapter makes of a request, without the adapter. */
export class CallerRequest {
  method = 'GET'
  peer = '127.0.0.1'
  encrypted = true
  foldsCase = true

  constructor(target, fields) {
    this.target = target
    this.localTarget = target
    this.raw = Object.entries(fields).flatMap(([name, value]) => [name, String(value)])
    this.fields = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name.toLowerCase(), String(value)]),
    )
  }

  header(name) {
    return this.fields[name]
  }

  rawHeaders() {
    return this.raw
  }

  async body() {
    return new Uint8Array(0)
  }
}
