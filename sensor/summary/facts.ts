// What is kept of a message between its head and its exchange. HTTP holds these and gives them back.
import type { Client, Form, Identity, Server } from "../../shared/event/api-event.ts"
import type { Credential } from "./credentials.ts"
import type { FormState } from "./form-state.ts"
import type { Media } from "./media.ts"
import type { OperationEntry } from "./operations.ts"
import type { FlowFacts } from "./parties.ts"

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
  readonly client: Client
  readonly server: Server
  /** Null: none, the client stands for itself. */
  readonly credential: Credential | null
  /** While the credential has not expired. */
  readonly identity: Identity
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
    client: Client,
    server: Server,
    credential: Credential | null,
    identity: Identity,
    objects: readonly number[],
    method: string,
    target: string | null,
    authority: string | null,
  ) {
    this.body = body
    this.flow = flow
    this.entry = entry
    this.client = client
    this.server = server
    this.credential = credential
    this.identity = identity
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
