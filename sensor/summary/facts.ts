// What is kept of a message between its head and its exchange. HTTP holds these and gives them back with the exchange; then they
// serve another message. So a busy sensor makes none: with 50,000 conversations at once each lives long enough to be moved
// twice by the collector of garbage, which would cost more than the exchange.
import { type Call, EMPTY_CALL, type Form, HeadPart, NO_NUMBERS, NO_STRINGS } from "../../shared/event/api-event.ts"
import type { CallHints } from "./calls/call-hints.ts"
import type { FlowFacts } from "./flow-facts.ts"
import type { FormState, Look, Template } from "./form-state.ts"
import type { Principal } from "./identity/sessions.ts"
import type { Media } from "./media.ts"
import { RequestObjects } from "./objects/request-objects.ts"
import type { OperationEntry } from "./operations.ts"
import type { Sender } from "./sender.ts"

/** Bits of `odd`: anomalies that this stage finds, in ascending order of their codes. */
export const Odd = {
  credentialInUrl: 1,
  bodyDecodeFailed: 2,
  bodyBomb: 4,
  jwtAlgNone: 8,
  multipartMalformed: 16,
  xmlEntities: 32,
} as const

/** Of a head: without them nobody knows what it is of. */
const PLACE_PARTS = HeadPart.method | HeadPart.path

/** Of the body of either message. */
export class BodyFacts {
  media!: Media
  /** Place whose shape the body belongs to; null when no body is looked into. */
  state!: FormState | null
  /** What the body looks like there; means nothing without a place. */
  look!: Look
  /** The number of its look, as of lookOf. */
  lookNumber!: number
  /** Body bytes wanted. */
  wanted!: number
  /** A loss, or the end of the connection, cut it before what is wanted of it was there. */
  isCut!: boolean
  /** Form found, or taken over from the last walk; null while there is none. */
  form!: Form | null
  /** `form` was taken over. */
  isReused!: boolean
  /** Data classes of the body; those of that one where `form` was taken over. */
  classes!: readonly string[]
  /** Length of the collection in the body, -1 unknown. */
  items!: number
  /** What the body asks for, EMPTY_CALL when that is nothing of its own. Of requests. */
  call!: Call
  /** Of requests: what the head told of the call in the body; null: the body is not read for one. */
  hints!: CallHints | null
  /** The body is read for its call only. */
  isCallOnly!: boolean
  /** Of responses: the body is read for the code of a Connect error. */
  isConnectError!: boolean
  /** Of responses: as in ApiEvent, -1 unknown. */
  outcome!: number
  /** Bit set of Odd. */
  odd!: number
  /** Of a multipart body that is looked into: the boundary, -1 bytes long when there is none. */
  boundary: Uint8Array | null = null
  boundaryLength = -1
  /** Of a request. */
  isRequest!: boolean
  /** Its ids are learned and told. */
  isIdsWanted!: boolean
  /** They are not told this time (objects/rate-budget.ts), or were told before (objects/told-bodies.ts). */
  isIdsLeft!: boolean
  /** It is read for its ids only. */
  isIdsOnly!: boolean
  /** As ApiEvent.returned, or bodyObjects of a request; as ApiEvent.returnedTotal. */
  ids!: readonly number[]
  idsTotal!: number
  /** Who sends the request, and is given what it answers, 0 when that is not known; hashes of the id that Location named, if it has. */
  principalHash = 0
  /** Hash of the request's target, 0: unknown; what tells a body (objects/told-bodies.ts), by its tag or by its bytes. */
  targetHash = 0
  bodyHash0 = 0
  bodyHash1 = 0
  hasTag!: boolean
  hasMark!: boolean
  hasLocation!: boolean
  locationHash0 = 0
  locationHash1 = 0

  begin(media: Media, state: FormState | null, wanted: number, reused: Look | null): void {
    this.media = media
    this.state = state
    this.wanted = wanted
    this.take(reused)
    this.items = -1
    this.call = EMPTY_CALL
    this.hints = null
    this.isCut = this.isCallOnly = this.isConnectError = false
    this.outcome = -1
    this.odd = 0
    this.isRequest =
      this.isIdsWanted =
      this.isIdsLeft =
      this.isIdsOnly =
      this.hasTag =
      this.hasMark =
      this.hasLocation =
        false
    this.ids = NO_NUMBERS
    this.idsTotal = -1
  }

  /** Of a response, before it begins: it goes to whoever sent `request`. */
  answer(request: BodyFacts | null): void {
    this.principalHash = request === null ? 0 : request.principalHash
    this.targetHash = request === null ? 0 : request.targetHash
  }

  /** What the last body of that look was stands for this one; null: nothing does. */
  take(look: Look | null): void {
    this.form = look === null ? null : look.form
    this.isReused = this.form !== null
    this.classes = look === null ? NO_STRINGS : look.classes
  }
}

export class RequestFacts {
  readonly body = new BodyFacts()
  flow!: FlowFacts
  entry!: OperationEntry
  sender!: Sender
  readonly named = new RequestObjects()
  /** Bit set of HeadPart: what could not be decoded of its head. */
  unknown!: number
  /** Answers to it have no body. */
  isHead!: boolean
  /** As sent, for the local debugging view only; null otherwise. */
  target!: string | null
  authority!: string | null
  method!: string
  /** As in ApiEvent. */
  tenantMatch!: number
  /** Who logs in, by the body of a login; null unknown. */
  login!: Principal | null
  /** Bytes of the body that tell who logs in; 0: it is no login. */
  loginBytes!: number
  /** No message has these facts. */
  isSpare = false

  /** Some of its fields are unknown: without a credential it is not anonymous for certain. */
  get isPartial(): boolean {
    return this.unknown !== 0
  }

  /** Where a response to it belongs; null: nobody knows. `status` 0: it could not be decoded. */
  answerTemplate(status: number): Template | null {
    return status === 0 ? null : templateOf(this.entry, this.body.call, this.unknown)
  }
}

/**
 * Where the bodies that go with the request belong: to its call, where it names one, else to its method and path. Null: those could not
 * be decoded. `unknown`: as of RequestFacts.
 */
export function templateOf({ template }: OperationEntry, call: Call, unknown: number): Template | null {
  if ((unknown & PLACE_PARTS) !== 0) return null
  return call.key === "" ? template : (template.calls?.templateOf(call) ?? template)
}

export class ResponseFacts {
  readonly body = new BodyFacts()
  flow!: FlowFacts
  status!: number
  /** Whose tokens the body gives out; null when it is not the answer to a login. */
  grants!: Principal | null
  /** Bytes of the body that may hold them. */
  loginBytes!: number
  isSpare = false
}

/** Facts that no message has: at most as many as messages were under way at once. */
export class Spare<Facts extends { isSpare: boolean }> {
  readonly #make: () => Facts
  readonly #facts: Facts[] = []

  constructor(make: () => Facts) {
    this.#make = make
  }

  take(): Facts {
    const facts = this.#facts.pop()
    if (facts === undefined) return this.#make()
    facts.isSpare = false
    return facts
  }

  give(facts: Facts): void {
    if (facts.isSpare) throw new Error("facts of one message in two exchanges")
    facts.isSpare = true
    this.#facts.push(facts)
  }
}
