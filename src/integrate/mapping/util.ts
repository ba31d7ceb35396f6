/**
 * `$util`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
 */
import { misconfigured } from './faults.js'
import { parseJson } from './json.js'
import type { Run } from './run.js'
import { Host } from './values.js'

type Util = (text: string) => unknown

/** Each of them is given one text. */
const FUNCTIONS: Readonly<Record<string, Util>> = {
  escapeJavaScript,
  parseJson: (text) => {
    try {
      return parseJson(text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw misconfigured(`$util.parseJson was given what is no JSON: ${reason}`)
    }
  },
  urlEncode: (text) => {
    // What encodeURIComponent leaves alone, and a form does not.
    const encoded = encodeURIComponent(text.toWellFormed())
    return encoded.replace(/%20|[!'()~]/g, (part) => (part === '%20' ? '+' : hex(part)))
  },
  urlDecode: (text) => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      throw misconfigured('$util.urlDecode was given what is not encoded')
    }
  },
  base64Encode: (text) => Buffer.from(text).toString('base64'),
  base64Decode: (text) => Buffer.from(text, 'base64').toString(),
}

/** What a text grows by at most. */
const GROWTH = 6

export class Utilities extends Host {
  readonly #run: Run

  constructor(run: Run) {
    super()
    this.#run = run
  }

  property(): undefined {
    return undefined
  }

  call(name: string, args: readonly unknown[]): unknown {
    if (!Object.hasOwn(FUNCTIONS, name)) return undefined
    const text = this.#run.print(args[0])
    this.#run.make(text.length)
    this.#run.pay(text.length * GROWTH)
    return FUNCTIONS[name]?.(text)
  }

  text(): string {
    return ''
  }
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
}

/** As `StringEscapeUtils` of Apache Commons Lang has it. */
function escapeJavaScript(text: string): string {
  return text.replace(
    /[\x00-\x1f"'\\/\x7f-\uffff]/g,
    (character) =>
      ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}
