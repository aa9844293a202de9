// What is kept of a message between its head and its exchange. HTTP holds these and gives them back.
import type { Form } from "../../shared/event/api-event.ts"
import type { FormState } from "./form-state.ts"
import type { Media } from "./media.ts"
import type { OperationEntry } from "./operations.ts"
import type { FlowFacts } from "./parties.ts"
import type { Sender } from "./sender.ts"

/** Bits of `odd`: anomalies that this stage finds, in ascending order of their codes. */
export const Odd = { credentialInUrl: 1, bodyDecodeFailed: 2, bodyBomb: 4, jwtAlgNone: 8 } as const

/** Of the body of either message. */
export class BodyFacts {
  readonly media: Media
  /** Place whose shape the body belongs to; null when no body is looked into. */
  readonly state: FormState | null
  /** Body bytes wanted. */
  readonly wanted: number
  /** Form found, or taken over from the last walk; null while there is none. */
  form: Form | null
  /** `form` was taken over. */
  readonly isReused: boolean
  /** Length of the collection in the body, -1 unknown. */
  items = -1
  /** Bit set of Odd. */
  odd = 0

  constructor(media: Media, state: FormState | null, wanted: number, reused: Form | null) {
    this.media = media
    this.state = state
    this.wanted = wanted
    this.form = reused
    this.isReused = reused !== null
  }
}

export class RequestFacts {
  readonly body: BodyFacts
  readonly flow: FlowFacts
  readonly entry: OperationEntry
  readonly sender: Sender
  readonly objects: readonly number[]
  /** Answers to it have no body. */
  readonly isHead: boolean
  /** As sent, for the local debugging view only; null otherwise. */
  readonly target: string | null
  readonly authority: string | null
  readonly method: string

  constructor(
    body: BodyFacts,
    flow: FlowFacts,
    entry: OperationEntry,
    sender: Sender,
    objects: readonly number[],
    method: string,
    target: string | null,
    authority: string | null,
  ) {
    this.body = body
    this.flow = flow
    this.entry = entry
    this.sender = sender
    this.objects = objects
    this.isHead = method === "HEAD"
    this.method = method
    this.target = target
    this.authority = authority
  }
}

export class ResponseFacts {
  readonly body: BodyFacts
  readonly flow: FlowFacts
  readonly status: number

  constructor(body: BodyFacts, flow: FlowFacts, status: number) {
    this.body = body
    this.flow = flow
    this.status = status
  }
}
