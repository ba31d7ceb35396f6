/** `$ref`: within the document, and to files beside it. Nothing else is ever read. */
import { dirname, join, relative } from 'node:path'
import { isFields, type Key, Place, unescaped } from './place.js'
import { LARGEST, type Loaded, loadFile, within } from './read.js'
import { type Report, show } from './report.js'

/** From one reference to the next. */
const MOST_HOPS = 32
/** Files beside the document. */
const MOST_FILES = 100

export class References {
  readonly root: Place
  readonly #files = new Map<string, Place | undefined>()
  #length: number

  constructor(
    readonly main: Loaded,
    readonly report: Report,
  ) {
    this.root = new Place(main.root)
    this.#length = main.length
  }

  /** What stands at a place, or what it refers to instead; a place without a value where that is nothing. */
  follow(at: Place): Place {
    return refOf(at) === undefined ? at : this.#followed(at)
  }

  #followed(at: Place): Place {
    let place = at
    const seen = new Set<unknown>()
    for (let ref = refOf(place); ref !== undefined; ref = refOf(place)) {
      if (seen.has(place.value) || seen.size > MOST_HOPS) {
        this.report.fault(
          at,
          'REFERENCE_CYCLE',
          `${show(ref)} leads back to itself`,
          'Write the thing itself.',
        )
        return at.at('')
      }
      seen.add(place.value)
      const target = this.target(ref, place.at('$ref'))
      if (target === undefined) return at.at('')
      place = target
    }
    return place
  }

  /**
   * Where a reference leads.
   *
   * @param at where it stands
   * @returns `undefined` where it leads nowhere, which is reported then
   */
  target(ref: string, at: Place): Place | undefined {
    const hash = ref.indexOf('#')
    const file = hash === -1 ? ref : ref.slice(0, hash)
    const fragment = hash === -1 ? '' : ref.slice(hash + 1)
    const root = file === '' ? this.#file(at.file) : this.#open(file, at)
    if (root === undefined) return undefined
    const keys = keysOf(fragment, root)
    const place = keys && root.in(keys)
    if (place?.given) return place
    const fix = 'Write what it is to lead to, or correct it: `#/components/schemas/Pet`.'
    this.report.fault(at, 'REFERENCE_BROKEN', `nothing is at ${show(ref)}`, fix)
    return undefined
  }

  #file(name: string): Place | undefined {
    return name === '' ? this.root : this.#files.get(name)
  }

  #open(file: string, at: Place): Place | undefined {
    if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(file)) {
      const fix = 'Put a copy into the document, or into a file beside it.'
      this.report.fault(at, 'REFERENCE_REMOTE', `${show(file)} is not fetched`, fix)
      return undefined
    }
    const { path } = this.main
    if (path !== undefined) return this.#beside(dirname(path), file, at)
    const fix = 'Give the path of a file, so that others can be found beside it.'
    this.report.fault(at, 'REFERENCE_OUTSIDE', `${show(file)} is looked for beside no file`, fix)
    return undefined
  }

  #beside(folder: string, file: string, at: Place): Place | undefined {
    const found = within(folder, join(dirname(at.file), file.includes('%') ? unescaped(file) : file))
    if (found === 'outside') {
      const fix = 'Copy it into the folder of the document.'
      this.report.fault(at, 'REFERENCE_OUTSIDE', `${show(file)} is not in the document's folder`, fix)
    } else if (found === 'missing') {
      this.report.fault(at, 'REFERENCE_BROKEN', `there is no file ${show(file)}`, 'Correct its name.')
    } else if (found.path === this.main.path) return this.root
    else return this.#read(relative(folder, found.path).replaceAll('\\', '/'), found.path, at)
    return undefined
  }

  #read(name: string, path: string, at: Place): Place | undefined {
    if (this.#files.has(name)) return this.#files.get(name)
    if (this.#files.size >= MOST_FILES || this.#length > LARGEST) {
      const message = `with all that it refers to, the document has more than ${MOST_FILES} files or 6 MiB`
      this.report.fault(at, 'DOCUMENT_TOO_LARGE', message, 'Split the API, as for AWS.')
      return undefined
    }
    const loaded = loadFile(path, this.report, name)
    this.#length += loaded?.length ?? 0
    const root = loaded && new Place(loaded.root, name)
    this.#files.set(name, root)
    return root
  }
}

export function refOf(at: Place): string | undefined {
  const { value } = at
  return isFields(value) && Object.hasOwn(value, '$ref') && typeof value.$ref === 'string'
    ? value.$ref
    : undefined
}

/** The keys of a fragment that is a pointer; `undefined` for what is none. */
function keysOf(fragment: string, root: Place): readonly Key[] | undefined {
  if (fragment === '') return []
  if (!fragment.startsWith('/')) return undefined
  const keys: Key[] = []
  let place = root
  for (const token of fragment.slice(1).split('/')) {
    const key = Array.isArray(place.value) && /^\d+$/.test(token) ? Number(token) : unescaped(token)
    keys.push(key)
    place = place.at(key)
  }
  return keys
}
