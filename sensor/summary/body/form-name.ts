// Names of form fields, which say in brackets where in a document their value belongs: "user[tags][]", "lines[0].sku".
//
// In:  a name [start, end), its percent-escapes undone.   Out: its node in a FieldTree, below `parent`.
// Empty brackets and numbers are an element, others a name; what stands behind the last bracket belongs to the step before a
// dot. Brackets that do not pair are part of the name. Bounded: STEPS_MAX steps, the rest is one name.
import { NONE } from "../json-shape-tree.ts"
import type { FieldTree } from "./field-tree.ts"

export const STEPS_MAX = 16

const OPEN = 0x5b
const CLOSE = 0x5d
const DOT = 0x2e

export class FormName {
  /** The last step that is a name, in the bytes of the last call; empty when there is none. */
  start = 0
  end = 0

  /** The node of the name, NONE at a limit of the tree. */
  node(fields: FieldTree, parent: number, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end && bytes[at] !== OPEN) at++
    // "[a]" and "a[b" are names as they are.
    if (at === start || !isPaired(bytes, at, end)) return this.#step(fields, parent, bytes, start, end)
    let node = this.#step(fields, parent, bytes, start, at)
    for (let steps = 1; at < end && node !== NONE; steps++) {
      if (steps === STEPS_MAX) {
        fields.atLimit = true
        return NONE
      }
      const from = at + 1
      let to = from
      const mark = bytes[at] === OPEN ? CLOSE : OPEN
      while (to < end && bytes[to] !== mark) to++
      if (mark === CLOSE) {
        node = isIndex(bytes, from, to) ? fields.element(node) : this.#step(fields, node, bytes, from, to)
        at = to + 1
      } else {
        node = this.#step(fields, node, bytes, bytes[at] === DOT ? from : at, to)
        at = to
      }
    }
    return node
  }

  #step(fields: FieldTree, parent: number, bytes: Uint8Array, start: number, end: number): number {
    this.start = start
    this.end = end
    return fields.child(parent, bytes, start, end)
  }
}

/** Every bracket that opens from `at` on is closed before the next one opens. */
function isPaired(bytes: Uint8Array, at: number, end: number): boolean {
  let isOpen = false
  for (let i = at; i < end; i++) {
    if (bytes[i] === (isOpen ? OPEN : CLOSE)) return false
    if (bytes[i] === (isOpen ? CLOSE : OPEN)) isOpen = !isOpen
  }
  return !isOpen
}

function isIndex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false
  return end - start < 10
}
