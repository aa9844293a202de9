// The fields of each place, within a bound for all places together.
//
// A place is an operation, a direction, a status and a media type (form-state.ts), or the head of an operation. There are two
// generations, as in the interner: what is met moves into the young one; when that is full, the old one is forgotten, so a
// place survives as long as it is met once in every FIELDS_MAX new fields. Forgetting costs learning again.
import { hashMultipliers } from "../../../shared/bytes/hash.ts"
import { Field } from "./field.ts"

/** Fields of one place; further ones are counted and not looked at. */
export const FIELDS_PER_PLACE = 256
/** Fields of a generation; twice as many are held, at some 250 bytes each. */
export const FIELDS_MAX = 16_384
const FIRST_SLOTS = 16

export interface FieldCounters {
  /** Values of fields beyond the limit of their place. */
  fieldsCut: number
  /** Places forgotten to make room. */
  placesForgotten: number
}

/** Owned by what it describes: a FormState, an operation's head. Empty until it is met, and after it was forgotten. */
export class PlaceFields {
  /** Open addressing by path; null: none yet. Twice as large as there are fields. */
  slots: (Field | null)[] | null = null
  fields = 0
  generation = 0
  /** Bit set: latitude, longitude seen here. */
  halves = 0
  /** The next body is wanted, whatever its turn: some field would soon be decided. How often that was said. */
  isEager = false
  eager = 0
  /** Changes of a field's class so far. */
  version = 0
  /** The version that the text of a shape was last sent with. */
  told: Map<number, number> | null = null
  /** Classes of the last message looked into. */
  last: readonly string[] | null = null
}

export class FieldTables {
  readonly #counters: FieldCounters
  readonly #max: number
  readonly #multiplier: number
  #generation = 1
  #young: PlaceFields[] = []
  #old: PlaceFields[] = []
  #fields = 0

  constructor(counters: FieldCounters, max: number = FIELDS_MAX) {
    this.#counters = counters
    this.#max = max
    this.#multiplier = hashMultipliers(1)[0]!
  }

  /** Before the fields of a place are asked for. */
  enter(place: PlaceFields): void {
    if (place.generation === this.#generation) return
    place.generation = this.#generation
    this.#young.push(place)
    this.#fields += place.fields
    if (this.#fields >= this.#max) this.#turn()
  }

  /** What the fields of the place are is asked of the next message only. */
  clear(place: PlaceFields): void {
    if (place.generation === this.#generation) this.#fields -= place.fields
    forget(place)
  }

  #turn(): void {
    for (const place of this.#old) {
      if (place.generation === this.#generation || place.slots === null) continue
      forget(place)
      this.#counters.placesForgotten++
    }
    this.#old = this.#young
    this.#young = []
    this.#fields = 0
    this.#generation++
  }

  find(place: PlaceFields, path: number): Field | null {
    const { slots } = place
    if (slots === null) return null
    const mask = slots.length - 1
    for (let at = this.#home(path, mask); ; at = (at + 1) & mask) {
      const field = slots[at]!
      if (field === null || field.path === path) return field
    }
  }

  #home(path: number, mask: number): number {
    const hash = Math.imul(path, this.#multiplier)
    return (hash >>> 8) & mask
  }

  /** False, and counted, at the limit of the place. */
  hasRoom(place: PlaceFields): boolean {
    if (place.fields < FIELDS_PER_PLACE) return true
    this.#counters.fieldsCut++
    return false
  }

  /** The path is not there yet, and there is room. */
  add(place: PlaceFields, path: number, hinted: readonly number[], barred: readonly number[]): Field {
    if (place.slots === null) place.slots = new Array<Field | null>(FIRST_SLOTS).fill(null)
    else if (place.fields * 2 === place.slots.length) this.#grow(place, place.slots)
    const field = new Field(path, hinted, barred)
    this.#put(place.slots, field)
    place.fields++
    this.#fields++
    return field
  }

  #grow(place: PlaceFields, slots: (Field | null)[]): void {
    place.slots = new Array<Field | null>(slots.length * 2).fill(null)
    for (const field of slots) if (field !== null) this.#put(place.slots, field)
  }

  #put(slots: (Field | null)[], field: Field): void {
    const mask = slots.length - 1
    let at = this.#home(field.path, mask)
    while (slots[at] !== null) at = (at + 1) & mask
    slots[at] = field
  }
}

function forget(place: PlaceFields): void {
  place.slots = null
  place.fields = 0
  place.halves = 0
  place.told = null
  place.isEager = false
  place.version = 0
  place.last = null
}
