// When a body is looked into. The bodies of one operation and status mostly have one shape, so a new kind of body is walked
// each time until its shape has held, and then one in SAMPLE_EVERY, by chance (sampler.ts); the others take over a Form and say
// "sampled".
//
//   place --- look 41 (112 to 127 bytes): Form, classes     the length that the head declares tells kinds of bodies apart
//         \-- look 48 (384 to 447 bytes): Form, classes     before a byte of them is seen
//
// What a body is says nothing of others where a place is mixed: of operations that are not known, or beyond those that are told apart.
// There a body is what its own bytes say, or unread. A body that a loss cut teaches nothing: it shows less than it was.
//
// A look not met at its place is walked, so that a rare kind of body is seen when it first comes, and a body takes over what the last
// one of its look was. A place where a field's data class is nearly decided is walked on for a while (classes/).
// A shape not seen at that place before starts anew, but not for ever: a place whose shapes never settle is sampled too.
// Given up: kinds that look alike share a Form between two walks; looks beyond LOOKS_MAX of a place are one.
import { type Form, NO_STRINGS } from "../../shared/event/api-event.ts"
import type { CallPlace } from "./calls/call-records.ts"
import { PlaceFields } from "./classes/place-fields.ts"
import type { PlaceIds } from "./objects/place-ids.ts"
import type { Sampler } from "./sampler.ts"

/** Of messages at a place whose shape is known, one in this many is walked. */
export const SAMPLE_EVERY = 16
/** Walks in a row that a new shape earns. */
const WALKS_AFTER_NEW = 2
/** New shapes at one place after which they earn nothing more. */
const NEW_MAX = 32
/** Looks of one place that are told apart. */
export const LOOKS_MAX = 32
/** Number of the look that stands for all others. */
const REST = -1

/** Messages of one place that look alike before they are read. */
export class Look {
  /** As of lookOf; REST: those beyond LOOKS_MAX. */
  readonly number: number
  /** Some body with it was walked, here or at the place of its call. */
  isKnown = false
  /** Of the last one walked here; null: none yet. */
  form: Form | null = null
  classes: readonly string[] = NO_STRINGS

  constructor(number: number) {
    this.number = number
  }

  get isRest(): boolean {
    return this.number === REST
  }
}

/** Number of the look of a body of `length` bytes, -1 when the head does not say: four to each doubling. */
export function lookOf(length: number): number {
  if (length < 4) return length + 1
  const n = Math.min(length, 0x7fff_ffff)
  const power = 31 - Math.clz32(n)
  return 4 * power + ((n >>> (power - 2)) & 3)
}

/** One kind of message: of an operation (method and path), a direction, a status, a media type. */
export class FormState {
  /** Of several operations, or nobody knows of which: what one body was says nothing of the next. */
  readonly isMixed: boolean
  /** What its fields are. */
  readonly fields: PlaceFields = new PlaceFields()
  /** Which of its fields hold ids; null: no body was walked for that. */
  ids: PlaceIds | null = null
  /** The one met last. */
  #look: Look | null = null
  readonly #looks: Look[] = []
  #walks = WALKS_AFTER_NEW
  #new = 0
  readonly #shapes = new Set<number>()
  /** Messages up to and with the next one chosen; 0: not drawn yet. */
  #gap = 0
  /** State of its generator; 0: not seeded yet. */
  #random = 0

  constructor(isMixed = false) {
    this.isMixed = isMixed
  }

  look(number: number): Look {
    const last = this.#look
    if (last !== null && last.number === number) return last
    const look = this.#find(number)
    this.#look = look
    return look
  }

  #find(number: number): Look {
    const looks = this.#looks
    for (let i = 0; i < looks.length; i++) if (looks[i]!.number === number) return looks[i]!
    if (looks.length > LOOKS_MAX) return looks[LOOKS_MAX]!
    const look = new Look(looks.length < LOOKS_MAX ? number : REST)
    looks.push(look)
    return look
  }

  /** Counts a message with a look of this place; true when its body is to be walked. */
  next(look: Look, sampler: Sampler): boolean {
    if (!look.isKnown) return true
    if (this.#walks > 0) {
      this.#walks--
      return true
    }
    if (this.fields.isEager) return true
    if (this.#gap === 0) this.#draw(sampler)
    return --this.#gap === 0
  }

  #draw(sampler: Sampler): void {
    this.#random = sampler.next(this.#random === 0 ? sampler.seed() : this.#random)
    this.#gap = sampler.gap(this.#random)
  }

  /** A body with that look was walked. */
  learn(look: Look, form: Form, classes: readonly string[]): void {
    look.form = form
    look.classes = classes
    this.settle(look, form)
  }

  /** A body with that look was walked that belongs to a call's own place: nothing of it stands for others of this one. */
  settle(look: Look, form: Form): void {
    look.isKnown = true
    if (form.fullShape === 0 || this.#new >= NEW_MAX || this.#shapes.has(form.fullShape)) return
    this.#shapes.add(form.fullShape)
    if (this.#new++ > 0) this.#walks = WALKS_AFTER_NEW
  }
}

interface Slot {
  readonly key: unknown
  readonly status: number
  readonly state: FormState
}

/** Slots of one operation. */
const SLOTS_MAX = 32

/** The places of one operation: a template (method, path), whatever its parameters. */
export class Template {
  /** What its bodies and heads have named; null: nothing yet. */
  calls: CallPlace | null = null
  /** Request bodies in which no call was found (calls/calls.ts). */
  searches = 0
  /** Of all its places, as FormState.isMixed. */
  readonly isMixed: boolean
  /** What the fields in heads of its requests are. */
  readonly head: PlaceFields = new PlaceFields()
  /** Number of the path segment that has named a credential's own tenant, -1 while none has (identity/tenant.ts). */
  tenantSegment = -1
  /** Tells the places of an Operations apart. */
  readonly serial: number
  /** The last segment of its path is an object: responses show that one. */
  readonly isView: boolean
  /** Some response to it had an ETag. */
  isTagged = false
  readonly #slots: Slot[] = []
  #next = 0

  constructor(serial = 0, isView = false, isMixed = false) {
    this.serial = serial
    this.isView = isView
    this.isMixed = isMixed
  }

  /** `status` 0 for requests. `media`: compared by identity. */
  state(media: object, status: number): FormState {
    const slots = this.#slots
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      if (slot.key === media && slot.status === status) return slot.state
    }
    const slot = { key: media, status, state: new FormState(this.isMixed) }
    if (slots.length < SLOTS_MAX) slots.push(slot)
    else {
      slots[this.#next] = slot
      this.#next = (this.#next + 1) % SLOTS_MAX
    }
    return slot.state
  }
}
