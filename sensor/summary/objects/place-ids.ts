// Names of fields that hold ids in the bodies of one place (form-state.ts), as they are written there.
//
//   slot of (length, first, last byte) -> first name there -> next ... : a key of a body is compared with one name, or with none
//
// Learned when bodies are walked (id-learner.ts), used for every body (id-scan.ts). Bounded: NAMES_MAX names, FIELDS_MAX judged fields.
import { Says } from "./id-names.ts"

export const NAMES_MAX = 24
/** Paths whose names and values were judged. */
const FIELDS_MAX = 512
/** Values of a field that are looked at before its kind is settled. */
const LOOKS_MAX = 8
const SLOTS = 64

export class PlaceIds {
  /** Tells places apart. */
  readonly serial: number
  /** Grows with what is known. */
  version = 0
  /** Keys of objects are ids. */
  hasIdKeys = false
  /** The document is an array of ids. */
  isBare = false
  readonly #names: Uint8Array[] = []
  readonly #says: Says[] = []
  readonly #next: number[] = []
  readonly #slots = new Int8Array(SLOTS).fill(-1)
  /** Judged fields by path: looks that are left, 0 when settled. */
  readonly #fields = new Map<number, number>()
  /** Some of those without looks left, by their last bits: asked for each value of a walk. */
  readonly #settled = new Int32Array(SLOTS)

  constructor(serial = 0) {
    this.serial = serial
  }

  /** No field holds an id, as far as is known. */
  get isEmpty(): boolean {
    return this.#names.length === 0 && !this.hasIdKeys && !this.isBare
  }

  /** What is known of the name [start, end). */
  find(bytes: Uint8Array, start: number, end: number): Says {
    let at = this.#slots[slotOf(bytes, start, end)]!
    next: while (at >= 0) {
      const name = this.#names[at]!
      if (name.length === end - start) {
        for (let i = 0; i < name.length; i++)
          if (name[i] !== bytes[start + i]) {
            at = this.#next[at]!
            continue next
          }
        return this.#says[at]!
      }
      at = this.#next[at]!
    }
    return Says.nothing
  }

  /** A name that is not known yet; false when there is no room for it. */
  add(bytes: Uint8Array, start: number, end: number, says: Says): boolean {
    if (this.#names.length === NAMES_MAX) return false
    const slot = slotOf(bytes, start, end)
    this.#next.push(this.#slots[slot]!)
    this.#slots[slot] = this.#names.length
    this.#names.push(Uint8Array.from(bytes.subarray(start, end)))
    this.#says.push(says)
    this.version++
    return true
  }

  /** The field with that path is worth no look for now. */
  pass(path: number): void {
    this.#settled[path & (SLOTS - 1)] = path | 0
  }

  /** True only when the field with that path is worth no look. */
  isSettled(path: number): boolean {
    return path !== 0 && this.#settled[path & (SLOTS - 1)] === (path | 0)
  }

  /** Looks that the field with that path is still worth. */
  looks(path: number): number {
    const left = this.#fields.get(path)
    return left ?? (this.#fields.size < FIELDS_MAX ? LOOKS_MAX : 0)
  }

  settle(path: number, left: number): void {
    if (left === 0) this.pass(path)
    this.#fields.set(path, left)
  }
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  return (end - start + bytes[start]! * 5 + bytes[end - 1]! * 3) & (SLOTS - 1)
}
