// The Cookie field: names and kinds, never values.
//
// In:  the field's value.   Out: a CookieJar record: which cookies there are, and where each value stands.
// A jar is remembered by its bytes; the set of names and kinds has an id, so that two sessions of one application share an
// operation. Bounded: NAMES_MAX cookies, KEPT_MAX bytes remembered. RFC 6265 section 4.2.
import { ByteInterner, StringInterner } from "../../shared/bytes/interner.ts"
import { NO_STRINGS } from "../../shared/event/api-event.ts"
import type { SummaryCounters } from "./counters.ts"
import { publishedName, steadyKind, uniqueSorted } from "./privacy/names.ts"
import { KIND_NAMES, type Kind } from "./value-class.ts"

export const NAMES_MAX = 64
export const KEPT_MAX = 4096
const JARS = { entries: 2048, keyBytes: 1024 * 1024 }
const SETS = 2048

/** Cookies by name and kind, without values. */
export interface CookieSet {
  /** Distinct for each record ever made; 0 for the empty one. */
  readonly id: number
  /** Published, "name:kind", sorted. */
  readonly names: readonly string[]
  /** In the order sent: published name without kind, and name and kind as sent. */
  readonly published: readonly string[]
  readonly cookies: readonly { readonly name: string; readonly kind: Kind }[]
}

export interface CookieJar {
  readonly set: CookieSet
  /** Value k is [starts[k], ends[k]) from the start of the field's value. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** The field's value, for comparison; empty when it is not kept. */
  readonly bytes: Uint8Array
}

const NO_SET: CookieSet = { id: 0, names: NO_STRINGS, published: NO_STRINGS, cookies: [] }
export const NO_COOKIES: CookieJar = { set: NO_SET, starts: [], ends: [], bytes: new Uint8Array(0) }

export class Cookies {
  readonly #jars = new ByteInterner<CookieJar>(JARS)
  readonly #sets = new StringInterner<CookieSet>(SETS)
  readonly #counters: SummaryCounters
  #nextId = 1

  constructor(counters: SummaryCounters) {
    this.#counters = counters
  }

  of(bytes: Buffer, start: number, end: number): CookieJar {
    const isKept = end - start <= KEPT_MAX
    const known = isKept ? this.#jars.find(bytes, start, end) : undefined
    if (known !== undefined) return known
    const jar = this.#read(bytes, start, end, isKept)
    if (isKept) this.#jars.add(bytes, start, end, jar)
    return jar
  }

  #read(bytes: Buffer, start: number, end: number, isKept: boolean): CookieJar {
    const starts: number[] = []
    const ends: number[] = []
    const cookies: { name: string; kind: Kind }[] = []
    const names: string[] = []
    for (let at = start; at < end; ) {
      while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x3b)) at++
      let next = at
      while (next < end && bytes[next] !== 0x3b) next++
      let equals = at
      while (equals < next && bytes[equals] !== 0x3d) equals++
      if (cookies.length === NAMES_MAX) {
        this.#counters.namesCut.cookies++
        break
      }
      if (equals > at && equals < next) {
        const isQuoted = bytes[equals + 1] === 0x22 && bytes[next - 1] === 0x22 && next - equals > 2
        const from = isQuoted ? equals + 2 : equals + 1
        const to = isQuoted ? next - 1 : next
        const kind = steadyKind(bytes, from, to)
        const name = Buffer.from(bytes.latin1Slice(at, equals).toLowerCase(), "latin1")
        cookies.push({ name: bytes.latin1Slice(at, Math.min(equals, at + 64)), kind })
        names.push(`${publishedName(name, 0, name.length)}:${KIND_NAMES[kind]}`)
        starts.push(from - start)
        ends.push(to - start)
      }
      at = next + 1
    }
    const set = cookies.length === 0 ? NO_SET : this.#setOf(names, cookies)
    return { set, starts, ends, bytes: isKept ? new Uint8Array(bytes.subarray(start, end)) : NO_COOKIES.bytes }
  }

  #setOf(names: string[], cookies: { name: string; kind: Kind }[]): CookieSet {
    const key = `${names.join("\n")}\n\n${cookies.map((cookie) => cookie.name).join("\n")}`
    let set = this.#sets.find(key)
    if (set === undefined) {
      const published = names.map((name) => name.slice(0, name.lastIndexOf(":")))
      set = { id: this.#nextId++, names: uniqueSorted(names, NAMES_MAX).names, published, cookies }
      this.#sets.add(key, set)
    }
    return set
  }
}
