// What every walker of a body gives, whatever the format, and what the walkers of fields have in common.
import { mix } from "../../../shared/bytes/hash.ts"
import type { FieldReceiver } from "../classes/field-receiver.ts"
import { FieldTree } from "./field-tree.ts"

/** A document's shape: which paths it has and which types stand there, never a value. */
export interface Shape {
  /** Hash over the top-level names, unsigned; 0 when there is none. */
  readonly coarse: number
  /** Hash over the set of (path, type), unsigned; 0 when there is none. */
  readonly full: number
  /** Elements of the collection that the document is; -1 when it is none, or was not wholly seen. */
  readonly items: number
  /** The document ended, or made no sense any more, before it was whole. */
  readonly truncated: boolean
  /** "path:type" a line, sorted, with "#class" where `classOf` knows one of the path. Read before the next walk. */
  paths(classOf?: (path: number) => string): string[]
}

export interface FieldCounters {
  /** Documents that ended, or made no sense any more, before they were whole. */
  shapeTruncated: number
  /** Documents that reached a limit. */
  shapeLimits: number
}

export abstract class FieldShape implements Shape {
  coarse = 0
  full = 0
  items = -1
  truncated = false
  protected readonly fields: FieldTree
  protected readonly counters: FieldCounters
  readonly #typeNames: readonly string[]
  readonly #salt: number

  /**
   * `typeNames`: of the bits of types. `salt` is another number for each list of names, so that one hash never has two texts;
   * 0 where they are JSON's. `seed` fixes the places in the hash table, for tests.
   */
  constructor(counters: FieldCounters, typeNames: readonly string[], salt: number, seed?: number) {
    this.counters = counters
    this.fields = new FieldTree(seed)
    this.#typeNames = typeNames
    this.#salt = salt
  }

  /** Who wants to know the values; null: nobody. */
  set receiver(receiver: FieldReceiver | null) {
    this.fields.receiver = receiver
  }

  protected open(): void {
    this.fields.clear()
    this.coarse = this.full = 0
    this.items = -1
    this.truncated = false
  }

  /** A document without a value has no shape. */
  protected close(): void {
    const { fields, counters } = this
    if (this.truncated) {
      counters.shapeTruncated++
      this.items = -1
    }
    if (fields.atLimit) counters.shapeLimits++
    if (!fields.hasValues()) return
    fields.close()
    this.coarse = this.#salted(fields.coarse())
    this.full = this.#salted(fields.full())
  }

  #salted(hash: number): number {
    return this.#salt === 0 ? hash : mix(hash + this.#salt) >>> 0 || 1
  }

  paths(classOf?: (path: number) => string): string[] {
    if (this.full === 0) return []
    const { lines, isCut } = this.fields.lines(this.#typeNames, classOf)
    if (isCut) this.counters.shapeLimits++
    return lines
  }
}
