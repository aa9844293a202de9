// Several doubly linked lists over the small integers 0, 1, 2, ... (slots of a table), in two Int32Arrays. An item is in one list at
// most. Every operation is a handful of array writes: nothing is allocated except when the range of items grows.
//
//   next  | list 0 | list 1 | ... | item 0 | item 1 | ...      each list is a ring through its own entry:
//   prev  | list 0 | list 1 | ... | item 0 | item 1 | ...      list -> first -> ... -> last -> list
import { grown } from "./grown.ts"

export class IntLists {
  readonly #lists: number
  #next: Int32Array
  #prev: Int32Array

  constructor(lists: number, items: number) {
    this.#lists = lists
    this.#next = new Int32Array(lists + items).fill(-1)
    this.#prev = new Int32Array(lists + items).fill(-1)
    for (let list = 0; list < lists; list++) {
      this.#next[list] = list
      this.#prev[list] = list
    }
  }

  /** Makes room for items 0 to `items` - 1. */
  grow(items: number): void {
    const size = this.#lists + items
    if (size <= this.#next.length) return
    this.#next = grown(this.#next, new Int32Array(size).fill(-1))
    this.#prev = grown(this.#prev, new Int32Array(size).fill(-1))
  }

  /** True when `item` is in a list. */
  has(item: number): boolean {
    return this.#next[this.#lists + item]! >= 0
  }

  /** Appends `item`, which must be in no list, to the end of `list`. */
  push(list: number, item: number): void {
    const at = this.#lists + item
    const last = this.#prev[list]!
    this.#next[last] = at
    this.#prev[at] = last
    this.#next[at] = list
    this.#prev[list] = at
  }

  /** Takes `item` out of the list it is in. */
  remove(item: number): void {
    const at = this.#lists + item
    const next = this.#next[at]!
    const prev = this.#prev[at]!
    this.#next[prev] = next
    this.#prev[next] = prev
    this.#next[at] = -1
  }

  /** First item of `list`, -1 when it is empty. */
  first(list: number): number {
    const at = this.#next[list]!
    return at === list ? -1 : at - this.#lists
  }

  /** Calls `visit` for the items of `list` in order; it must not change the list. */
  each(list: number, visit: (item: number) => void): void {
    for (let at = this.#next[list]!; at !== list; at = this.#next[at]!) visit(at - this.#lists)
  }
}
