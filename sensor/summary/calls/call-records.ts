// Call records: equal calls are one object while remembered, and a place (method and path) has a bounded number of keys, so
// that nobody mints operations without end by inventing names.
//
// The keys of a place are not kept, only how many it has shown; whether one is new there is asked of one table of
// (place, key) hashes for all places. When that is full it is emptied, and every place counts anew.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import { type Call, NO_STRINGS } from "../../../shared/event/api-event.ts"
import { Template } from "../form-state.ts"
import type { CallCounters } from "./counters.ts"

const RECORDS = 8192
/** Keys of one place; further ones are "{other}". */
export const KEYS_MAX = 512
/** Keys of all places together. */
const PAIRS_MAX = 65_536
/** Calls of one place whose shapes are told apart. */
export const TEMPLATES_MAX = 32
/** Request bodies without a call after which a place is taken to have none; then only those whose shape is due are read for one. */
export const SEARCHES_MAX = 256
/** Names in one record. */
export const FIELDS_MAX = 16
/** Names in the key of a batch; of the others only how many there are. */
const BATCH_NAMES_MAX = 8
export const OTHER_KEY = "{other}"

/** What a place has shown. Made with the template of its method and path. */
export class CallPlace {
  readonly id: number
  /** Some body named a call here: bodies are read for it from then on. */
  isNamed = false
  keys = 0
  /** Number of the table that `keys` was counted with. */
  epoch = 0
  /** Last one admitted. */
  last: Call | null = null
  /** Bodies of one call have shapes of their own. */
  readonly #templates = new Map<Call, Template>()
  /** Of the calls beyond TEMPLATES_MAX; null: none yet. */
  #rest: Template | null = null

  constructor(id: number) {
    this.id = id
  }

  /** What is known of the bodies that go with `call`. Calls beyond TEMPLATES_MAX have a mixed one: none stands for another. */
  templateOf(call: Call): Template {
    const known = this.#templates.get(call)
    if (known !== undefined) return known
    if (this.#templates.size < TEMPLATES_MAX) {
      const made = templateOfCall()
      this.#templates.set(call, made)
      return made
    }
    this.#rest ??= templateOfCall(true)
    return this.#rest
  }
}

/** Its call is known, so no body of it is searched for one. */
function templateOfCall(isMixed = false): Template {
  const made = new Template(0, false, isMixed)
  made.searches = SEARCHES_MAX
  return made
}

export class CallRecords {
  readonly #records = new StringInterner<Call>(RECORDS)
  readonly #counters: CallCounters
  #seen = new Set<string>()
  #epoch = 0

  constructor(counters: CallCounters) {
    this.#counters = counters
  }

  /** The remembered record with that content. Fields are sorted here, each once, at most FIELDS_MAX. */
  of(kind: string, key: string, fields: readonly string[] = NO_STRINGS, depth = -1, aliases = -1, batch = 1): Call {
    const names = fields.length === 0 ? NO_STRINGS : [...new Set(fields)].sort().slice(0, FIELDS_MAX)
    const content = `${kind}\n${key}\n${names.join(",")}\n${depth} ${aliases} ${batch}`
    let call = this.#records.find(content)
    if (call === undefined) {
      call = { kind, key, fields: names, depth, aliases, batch }
      this.#records.add(content, call)
    }
    return call
  }

  /** The record of several calls in one message. Its key is unknown, so "", when not all of them were read. */
  batch(kind: string, names: ReadonlySet<string>, count: number, isWhole: boolean, depth = -1, aliases = -1): Call {
    const sorted = [...names].sort()
    if (!isWhole) {
      this.#counters.cut++
      return this.of(kind, "", sorted, -1, -1, count)
    }
    const rest = sorted.length - BATCH_NAMES_MAX
    const key = `${sorted.slice(0, BATCH_NAMES_MAX).join(",")}${rest > 0 ? `,+${rest}` : ""}`
    return this.of(kind, key, sorted, depth, aliases, count)
  }

  /** `call`, or the one that stands for all others where the place has shown too many. */
  admit(place: CallPlace, call: Call): Call {
    if (call === place.last || call.key === "") return call
    if (place.epoch !== this.#epoch) {
      place.epoch = this.#epoch
      place.keys = 0
    }
    const pair = `${place.id} ${call.key}`
    if (!this.#seen.has(pair)) {
      if (place.keys >= KEYS_MAX) {
        this.#counters.other++
        return this.of(call.kind, OTHER_KEY, NO_STRINGS, -1, -1, call.batch)
      }
      place.keys++
      if (this.#seen.size >= PAIRS_MAX) {
        this.#counters.keysForgotten++
        this.#seen = new Set()
        this.#epoch++
        place.epoch = this.#epoch
        place.keys = 1
      }
      this.#seen.add(pair)
    }
    place.last = call
    return call
  }
}
