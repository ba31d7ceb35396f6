import type { Socket } from 'node:net'

type Reply = string | null | Error | Reply[]

/** RESP2 over a socket. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export class Client {
  sent = 0
  #input = ''
  readonly #waiting: ((reply: Reply) => void)[] = []

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.#input += chunk
      for (let parsed = parse(this.#input, 0); parsed !== undefined; parsed = parse(this.#input, 0)) {
        this.#input = this.#input.slice(parsed.end)
        this.#waiting.shift()?.(parsed.reply)
      }
    })
  }

  async send(...words: (string | number)[]): Promise<string[]> {
    const bulk = (word: string | number) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`
    this.sent++
    this.socket.write(`*${words.length}\r\n${words.map(bulk).join('')}`)
    const reply = await new Promise<Reply>((resolve) => this.#waiting.push(resolve))
    if (reply instanceof Error) throw reply
    return [reply].flat(2).map(String)
  }
}

function parse(input: string, from: number): { reply: Reply; end: number } | undefined {
  const line = input.indexOf('\r\n', from)
  if (line < 0) return undefined
  const [type, head, end] = [input[from], input.slice(from + 1, line), line + 2]
  if (type === '-') return { reply: new Error(head), end }
  if (type === '$') {
    const last = end + Number(head)
    if (head === '-1') return { reply: null, end }
    return input.length < last + 2 ? undefined : { reply: input.slice(end, last), end: last + 2 }
  }
  if (type !== '*') return { reply: head, end }
  const items: Reply[] = []
  let at = end
  for (let n = 0; n < Number(head); n++) {
    const item = parse(input, at)
    if (item === undefined) return undefined
    items.push(item.reply)
    at = item.end
  }
  return { reply: items, end: at }
}
