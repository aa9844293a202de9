// Values of query parameters as pseudonyms, so that a collector can count distinct ones ("status has four") and know none.
//
// In:  the parameters of an operation, once; then the query of each request.   Out: a number for each entry of Operation.query, 0 for
// what is not told; NO_NUMBERS when none is.
// Told are words, codes and numbers of up to four digits, VALUE_BYTES at most, without escapes. Never: strong kinds (ids, dates,
// addresses), what looks like a secret, and parameters whose name speaks of a secret or a person. The name is part of what is
// hashed: equal values of two parameters cannot be joined.
// Bounded: a parameter with more than VALUES_MAX values pauses for PAUSE_REQUESTS requests, since it is no enumeration; SETS parameters
// are remembered. A value costs its pseudonym once, and then a look-up.
import { StringInterner } from "../../shared/bytes/interner.ts"
import { NO_NUMBERS } from "../../shared/event/api-event.ts"
import { isSecretLike } from "./privacy/path-secrets.ts"
import type { Pseudonyms } from "./privacy/pseudonym.ts"
import type { Parameter, QueryNames } from "./query-names.ts"
import { KIND_NAMES, Kind } from "./value-class.ts"

export type ValueMode = "pseudonym" | "none"
export const VALUE_MODES: readonly ValueMode[] = ["pseudonym", "none"]

/** Distinct values of one parameter before it pauses; more than a collector takes for an enumeration. */
export const VALUES_MAX = 32
export const PAUSE_REQUESTS = 4096
export const VALUE_BYTES = 24
const DIGITS_MAX = 4
const PERCENT = 0x25
const PLUS = 0x2b
const SETS = 4096

const TOLD: ReadonlySet<Kind> = new Set<Kind>([Kind.bool, Kind.word, Kind.slug, Kind.code, Kind.mix, Kind.int])
/** Anywhere in a name; as a word of its own. */
const SECRET_PART =
  /passw|passphrase|passcode|pwd|secret|token|credential|api[-_]?key|access[-_]?key|session|csrf|xsrf|signature|user[-_]?name|first[-_]?name|last[-_]?name|full[-_]?name|surname|e-?mail|phone|mobile/
const SECRET_WORD = /(?:^|[^a-z])(?:pass|auth|sid|otp|pin|cvv|cvc|sig|nonce|user|login|jwt|key|name|ssn)(?:$|[^a-z])/

/** Whether values under that published name may be told at all. */
export function isTellingName(name: string): boolean {
  const lower = name.toLowerCase()
  return !lower.includes("{") && !SECRET_PART.test(lower) && !SECRET_WORD.test(lower)
}

/** Places of a set's table: a power of two, twice VALUES_MAX. */
const SLOTS = 64

/** The values that one parameter has shown, with their pseudonyms: an open-addressing table, compared byte by byte. */
class ValueSet {
  readonly #prefix: Buffer
  readonly #pseudonyms: Pseudonyms
  readonly #hashes = new Int32Array(SLOTS)
  readonly #values: (Buffer | null)[] = new Array<Buffer | null>(SLOTS).fill(null)
  readonly #told = new Uint32Array(SLOTS)
  #size = 0
  /** Requests that pass before values are told again. */
  #rest = 0

  constructor(name: string, pseudonyms: Pseudonyms) {
    this.#prefix = Buffer.from(`${name}=`)
    this.#pseudonyms = pseudonyms
  }

  of(bytes: Uint8Array, start: number, end: number, kind: Kind): number {
    if (this.#rest > 0) {
      this.#rest--
      return 0
    }
    const length = end - start
    let hash = length
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    for (;;) {
      const value = this.#values[slot]!
      if (value === null) return this.#add(bytes, start, end, kind, hash, slot)
      if (this.#hashes[slot] === hash && value.length === length) {
        let i = 0
        while (i < length && value[i] === bytes[start + i]) i++
        if (i === length) return this.#told[slot]!
      }
      slot = (slot + 1) & (SLOTS - 1)
    }
  }

  #add(bytes: Uint8Array, start: number, end: number, kind: Kind, hash: number, slot: number): number {
    if (this.#size === VALUES_MAX) {
      this.#rest = PAUSE_REQUESTS
      this.#size = 0
      this.#values.fill(null)
      return 0
    }
    const value = Buffer.from(bytes.subarray(start, end))
    const isEscaped = value.includes(PERCENT) || value.includes(PLUS)
    const text = Buffer.concat([this.#prefix, value])
    this.#size++
    this.#hashes[slot] = hash
    this.#values[slot] = value
    this.#told[slot] =
      isEscaped || isSecretLike(value, 0, value.length, kind) ? 0 : this.#pseudonyms.hash(text, 0, text.length)
    return this.#told[slot]!
  }
}

interface Told {
  /** Number of the parameter in the query as sent, and of its entry in Operation.query. */
  readonly at: number
  readonly entry: number
  readonly kind: Kind
  readonly bytesMax: number
  readonly values: ValueSet
}

/** What of an operation's query is told. */
export class ValuePlan {
  readonly #told: readonly Told[]
  readonly #none: number[]

  constructor(told: readonly Told[], entries: number) {
    this.#told = told
    // Once an array has held a fraction, its copies hold numbers of 32 bits without a box: a tenth of a microsecond a request.
    this.#none = new Array<number>(entries).fill(0.5).fill(0)
  }

  /** `query` has just read the query of a request of this operation in `bytes`. */
  read(bytes: Uint8Array, query: QueryNames): readonly number[] {
    const told = this.#told
    const numbers = this.#none.slice()
    let isTold = false
    for (let i = 0; i < told.length; i++) {
      const { at, entry, kind, bytesMax, values } = told[i]!
      const start = query.valueStart[at]!
      const end = query.valueEnd[at]!
      // Of a parameter that stands more than once, the first.
      if (end - start > bytesMax || numbers[entry] !== 0) continue
      const value = values.of(bytes, start, end, kind)
      if (value === 0) continue
      numbers[entry] = value
      isTold = true
    }
    return isTold ? numbers : NO_NUMBERS
  }
}

export class QueryValues {
  readonly #sets = new StringInterner<ValueSet>(SETS)
  readonly #pseudonyms: Pseudonyms

  constructor(pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms
  }

  /** `place`: method and path; `entries`: Operation.query. Null when nothing of it can be told. */
  planOf(place: string, parameters: readonly Parameter[], entries: readonly string[]): ValuePlan | null {
    const told: Told[] = []
    for (const [at, { name, isMatrix, kind }] of parameters.entries()) {
      const published = `${isMatrix ? ";" : ""}${name}`
      const entry = entries.indexOf(`${published}:${KIND_NAMES[kind]}`)
      if (!TOLD.has(kind) || entry < 0 || !isTellingName(name)) continue
      const bytesMax = kind === Kind.int ? DIGITS_MAX : VALUE_BYTES
      told.push({ at, entry, kind, bytesMax, values: this.#setOf(place, published) })
    }
    return told.length === 0 ? null : new ValuePlan(told, entries.length)
  }

  #setOf(place: string, name: string): ValueSet {
    const key = `${place} ${name}`
    let values = this.#sets.find(key)
    if (values === undefined) {
      values = new ValueSet(name, this.#pseudonyms)
      this.#sets.add(key, values)
    }
    return values
  }
}
