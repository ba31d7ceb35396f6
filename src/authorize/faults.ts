/** A place in a policy document, and what is wrong there. */

export type DocumentFaultCode =
  | 'WRONG_TYPE'
  | 'REQUIRED'
  | 'UNKNOWN_FIELD'
  | 'VALUE_INVALID'
  | 'POLICY_INVALID'
  | 'POLICY_OPERATOR_UNKNOWN'

/** What is wrong with a document. */
export interface DocumentFault {
  readonly code: DocumentFaultCode
  /** `Statement[0].Condition.IpAdress` */
  readonly path: string
  /** The same, key by key. */
  readonly keys: readonly (string | number)[]
  readonly message: string
  readonly fix: string
  /** What was written, and what could have been meant. */
  readonly instead: { readonly name: string; readonly known: readonly string[] } | undefined
}

export class At {
  constructor(
    readonly value: unknown,
    readonly keys: readonly (string | number)[] = [],
    readonly faults: DocumentFault[] = [],
  ) {}

  get given(): boolean {
    return this.value !== undefined
  }

  at(key: string | number): At {
    const { value } = this
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    return new At(own ? Reflect.get(value, key) : undefined, [...this.keys, key], this.faults)
  }

  /** The fields of an object. */
  get fields(): readonly (readonly [name: string, at: At])[] {
    return Object.keys(Object(this.value)).map((name) => [name, this.at(name)] as const)
  }

  /** The items of a list, or the one that stands for it; none where nothing is given. */
  get items(): readonly At[] {
    if (Array.isArray(this.value)) return this.value.map((_, index) => this.at(index))
    return this.given ? [this] : []
  }

  /** The same, where a list has to have some. */
  several(): readonly At[] {
    const { items } = this
    if (this.given && items.length === 0)
      this.fault('REQUIRED', 'a list with nothing in it', 'Add what it is to list.')
    return items
  }

  fault(code: DocumentFaultCode, message: string, fix: string, instead?: DocumentFault['instead']): void {
    const { keys } = this
    this.faults.push({ code, path: pathOf(keys), keys, message, fix, instead })
  }

  /** Whether it is an object of these fields, or any; reports it where not. */
  object(what: string, known?: readonly string[]): boolean {
    const { value } = this
    if (!isPlain(value)) {
      this.fault('WRONG_TYPE', `${kindOf(value)} is not ${what}`, `Write ${what} as an object: { … }.`)
      return false
    }
    for (const [name, at] of known === undefined ? [] : this.fields) {
      if (known?.includes(name)) continue
      const fix = `It has ${known?.join(', ')}.`
      at.fault('UNKNOWN_FIELD', `\`${name}\` is no element of ${what}`, fix, { name, known: known ?? [] })
    }
    return true
  }

  oneOf(values: readonly string[], required = false): void {
    const wanted = `Write ${values.map((value) => `'${value}'`).join(' or ')}.`
    const { value, given } = this
    if (!given && required) this.fault('REQUIRED', `it is not there: \`${String(this.keys.at(-1))}\``, wanted)
    if (!given || (typeof value === 'string' && values.includes(value))) return
    const instead = typeof value === 'string' ? { name: value, known: values } : undefined
    this.fault('VALUE_INVALID', `${kindOf(value)} is not one of ${values.join(', ')}`, wanted, instead)
  }

  /** A text, where one is given. @param wrong what is wrong with it, as it follows on the text */
  text(wrong: (text: string) => string | undefined = () => undefined, what = 'a text', fix = ''): void {
    const { value } = this
    if (value === undefined) return
    if (typeof value !== 'string') {
      this.fault('WRONG_TYPE', `${kindOf(value)} is not ${what}`, fix || `Write ${what} as a string.`)
      return
    }
    const fault = wrong(value)
    if (fault !== undefined) this.fault('POLICY_INVALID', `${kindOf(value)} ${fault}`, fix)
  }
}

/** An object literal, one of another realm, or what has no prototype. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
}

export function kindOf(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

function pathOf(keys: readonly (string | number)[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}['${key.replace(/[\\']/g, '\\$&')}']`
    return path === '' ? key : `${path}.${key}`
  }, '')
}
