// When a body is looked into. The bodies of one operation and status mostly have one shape, so a new kind of body is walked
// each time until its shape has held, and then one in SAMPLE_EVERY; the others take over the last Form and say "sampled".
// A place where a field's data class is nearly decided is walked on for a while (classes/).
// A shape not seen at that place before starts anew, but not for ever: a place whose shapes never settle is sampled too.
import type { Form } from "../../shared/event/api-event.ts"
import type { CallPlace } from "./calls/call-records.ts"
import { PlaceFields } from "./classes/place-fields.ts"

/** Of messages at a place whose shape is known, one in this many is walked. */
export const SAMPLE_EVERY = 16
/** Walks in a row that a new shape earns. */
const WALKS_AFTER_NEW = 2
/** New shapes at one place after which they earn nothing more. */
const NEW_MAX = 32

/** One kind of message: of an operation (method and path), a direction, a status, a media type. */
export class FormState {
  /** Last one walked; null: none yet. */
  form: Form | null = null
  /** What its fields are. */
  readonly fields: PlaceFields = new PlaceFields()
  #messages = 0
  #walks = WALKS_AFTER_NEW
  #new = 0
  readonly #shapes = new Set<number>()

  /** Counts a message; true when its body is to be walked. */
  next(sampleEvery: number): boolean {
    if (this.form === null) return true
    if (this.#walks > 0) {
      this.#walks--
      return true
    }
    if (this.fields.isEager) return true
    this.#messages = (this.#messages + 1) % sampleEvery
    return this.#messages === 0
  }

  learn(form: Form): void {
    this.form = form
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
  /** What the fields in heads of its requests are. */
  readonly head: PlaceFields = new PlaceFields()
  /** Number of the path segment that has named a credential's own tenant, -1 while none has (identity/tenant.ts). */
  tenantSegment = -1
  readonly #slots: Slot[] = []
  #next = 0

  /** `status` 0 for requests. `media`: compared by identity. */
  state(media: object, status: number): FormState {
    const slots = this.#slots
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      if (slot.key === media && slot.status === status) return slot.state
    }
    const slot = { key: media, status, state: new FormState() }
    if (slots.length < SLOTS_MAX) slots.push(slot)
    else {
      slots[this.#next] = slot
      this.#next = (this.#next + 1) % SLOTS_MAX
    }
    return slot.state
  }
}
