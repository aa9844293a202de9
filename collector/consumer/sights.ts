// What a consumer showed under each kind of name (credentials, networks, user agents, ...): how often, first and last, bounded.
//
// In:  names with exchanges and the event times that they span. Out: a plain record a kind, and what two consumers have in common.
// Given up: past `max` of a kind the name that was not seen for longest makes place, because of keys that change the newest tell most.
// What it counted is forgotten; how many went is known.
// There are 100,000 consumers, nearly all with one name a kind, so all kinds share one flat table, in order of first appearance:
//
//   names    | "d0..01"                | "curl"                 | ...
//   numbers  | kind requests first last | kind requests first last | ...       found by going through: a batch asks once a kind
import { SIGHT_KINDS, type SightKind } from "../store/consumer-records.ts"
import type { Sight } from "../store/records.ts"

/** Exchanges, and the event times that they span, µs. */
export class Tally {
  requests = 0
  firstUs = Number.POSITIVE_INFINITY
  lastUs = Number.NEGATIVE_INFINITY

  see(timeUs: number): void {
    if (timeUs < this.firstUs) this.firstUs = timeUs
    if (timeUs > this.lastUs) this.lastUs = timeUs
  }
}

type Seen = Pick<Tally, "requests" | "firstUs" | "lastUs">

/** Names a kind at most. */
export type SightsMax = (kind: SightKind) => number

const STRIDE = 4
const REQUESTS = 1
const FIRST = 2
const LAST = 3

const NUMBER_OF = new Map<SightKind, number>(SIGHT_KINDS.map((kind, i) => [kind, i]))

export class Sights {
  #names: string[] = []
  #numbers: number[] = []
  /** Names that made place, by number of the kind; null while there were none. */
  #forgotten: number[] | null = null

  constructor(
    records: Partial<Record<SightKind, Readonly<Record<string, Sight>>>> = {},
    forgotten: Partial<Record<SightKind, number>> = {},
  ) {
    for (const [i, kind] of SIGHT_KINDS.entries()) {
      for (const [name, [requests, firstUs, lastUs]] of Object.entries(records[kind] ?? {}))
        this.#add(i, name, { requests, firstUs, lastUs })
      this.#forget(i, forgotten[kind] ?? 0)
    }
  }

  /** False when another name, or this one where all others are newer, had to make place. */
  note(kind: SightKind, name: string, seen: Seen, max: SightsMax): boolean {
    const number = NUMBER_OF.get(kind)!
    const at = this.#find(number, name)
    if (at >= 0) {
      const numbers = this.#numbers
      numbers[at + REQUESTS]! += seen.requests
      if (seen.firstUs < numbers[at + FIRST]!) numbers[at + FIRST] = seen.firstUs
      if (seen.lastUs > numbers[at + LAST]!) numbers[at + LAST] = seen.lastUs
      return true
    }
    const isFull = this.#count(number) >= max(kind)
    if (isFull) {
      this.#forget(number, 1)
      const oldest = this.#oldest(number)
      if (oldest < 0 || this.#numbers[oldest + LAST]! > seen.lastUs) return false
      this.#numbers.splice(oldest, STRIDE)
      this.#names.splice(oldest / STRIDE, 1)
    }
    this.#add(number, name, seen)
    return !isFull
  }

  /** Returns how many names found no place. */
  addAll(other: Sights, max: SightsMax): number {
    let lost = 0
    const numbers = other.#numbers
    for (const [i, name] of other.#names.entries()) {
      const at = i * STRIDE
      const seen = { requests: numbers[at + REQUESTS]!, firstUs: numbers[at + FIRST]!, lastUs: numbers[at + LAST]! }
      if (!this.note(SIGHT_KINDS[numbers[at]!]!, name, seen, max)) lost++
    }
    for (const [i, count] of (other.#forgotten ?? []).entries()) this.#forget(i, count)
    return lost
  }

  forgotten(kind: SightKind): number {
    return this.#forgotten?.[NUMBER_OF.get(kind)!] ?? 0
  }

  names(kind: SightKind): string[] {
    const number = NUMBER_OF.get(kind)!
    return this.#names.filter((_, i) => this.#numbers[i * STRIDE] === number)
  }

  /** Share of the exchanges (0 to 1) under names that `other` has, too; -1 when nothing is known of either. */
  shareKnownTo(other: Sights, kind: SightKind): number {
    const number = NUMBER_OF.get(kind)!
    let all = 0
    let known = 0
    for (const [i, name] of this.#names.entries()) {
      if (this.#numbers[i * STRIDE] !== number) continue
      const requests = this.#numbers[i * STRIDE + REQUESTS]!
      all += requests
      if (other.#find(number, name) >= 0) known += requests
    }
    return all === 0 || other.#count(number) === 0 ? -1 : known / all
  }

  /** By kind, those of which there are names, in order of first appearance. Also "__proto__" is an ordinary name. */
  records(): Partial<Record<SightKind, Record<string, Sight>>> {
    const records: Partial<Record<SightKind, Record<string, Sight>>> = {}
    for (const kind of SIGHT_KINDS) if (this.#count(NUMBER_OF.get(kind)!) > 0) records[kind] = {}
    const numbers = this.#numbers
    for (const [i, name] of this.#names.entries()) {
      const at = i * STRIDE
      const value: Sight = [numbers[at + REQUESTS]!, numbers[at + FIRST]!, numbers[at + LAST]!]
      const record = records[SIGHT_KINDS[numbers[at]!]!]!
      Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
    }
    return records
  }

  /** The same of what was forgotten. */
  forgottenByKind(): Partial<Record<SightKind, number>> {
    const counts: Partial<Record<SightKind, number>> = {}
    for (const kind of SIGHT_KINDS) if (this.forgotten(kind) > 0) counts[kind] = this.forgotten(kind)
    return counts
  }

  /** Place of a name among the numbers; -1 where there is none. */
  #find(kind: number, name: string): number {
    const names = this.#names
    const numbers = this.#numbers
    for (let i = 0; i < names.length; i++) if (numbers[i * STRIDE] === kind && names[i] === name) return i * STRIDE
    return -1
  }

  #count(kind: number): number {
    let count = 0
    for (let at = 0; at < this.#numbers.length; at += STRIDE) if (this.#numbers[at] === kind) count++
    return count
  }

  /** Arrays of just the length that is needed: push would leave room for 16 more. */
  #add(kind: number, name: string, { requests, firstUs, lastUs }: Seen): void {
    this.#names = this.#names.concat([name])
    this.#numbers = this.#numbers.concat([kind, requests, firstUs, lastUs])
  }

  #forget(kind: number, count: number): void {
    if (count === 0) return
    this.#forgotten ??= SIGHT_KINDS.map(() => 0)
    this.#forgotten[kind]! += count
  }

  #oldest(kind: number): number {
    const numbers = this.#numbers
    let oldest = -1
    for (const [i, name] of this.#names.entries()) {
      const at = i * STRIDE
      if (numbers[at] !== kind) continue
      const isOlder = oldest < 0 || numbers[at + LAST]! < numbers[oldest + LAST]!
      const isSame = oldest >= 0 && numbers[at + LAST] === numbers[oldest + LAST]
      if (isOlder || (isSame && name < this.#names[oldest / STRIDE]!)) oldest = at
    }
    return oldest
  }
}
