/** The pets of the store, which know nothing of any gateway or framework. */
export class Pets {
  #pets = new Map([
    ['1', { id: '1', name: 'Rex', kind: 'dog' }],
    ['2', { id: '2', name: 'Tom', kind: 'cat' }],
  ])

  all() {
    return [...this.#pets.values()]
  }

  /** @param {string} id */
  find(id) {
    return this.#pets.get(id)
  }

  /**
   * @param {unknown} pet
   * @param {string | undefined} soldBy
   */
  add(pet, soldBy) {
    const id = String(this.#pets.size + 1)
    const added = { ...Object(pet), id, soldBy }
    this.#pets.set(id, added)
    return added
  }

  /** @param {string} id */
  remove(id) {
    return this.#pets.delete(id)
  }
}
