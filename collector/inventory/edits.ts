// What people change: each kind of edit with its contents. One door for the API, the command line and files.
//
// In:  an edit and who asks for it. Out: a sentence of what it did, durable when the promise resolves, and an entry of the audit log;
// or an EditError, and nothing has changed.
import type { ContractRecord } from "../store/documents.ts"

export interface Actor {
  /** "console", "cli", later the name of a token's owner. */
  readonly name: string
  /** Wall clock, µs. */
  readonly atUs: number
}

export interface PartnerFields {
  readonly name: string
  readonly owner?: string
  readonly contact?: string
  readonly labels?: readonly string[]
  readonly note?: string
  readonly contract?: Partial<ContractRecord>
  readonly rules?: readonly string[]
}

export interface LabelRuleFields {
  readonly authority?: string
  readonly zone?: string
  readonly network?: string
  readonly cidr?: string
  readonly owner?: string
  readonly labels?: readonly string[]
}

export interface ExceptionFields {
  readonly consumer?: string
  readonly partner?: string
  readonly endpoint?: string
  /** "" or left out: all. */
  readonly detector?: string
  readonly owner: string
  /** Event time, µs. */
  readonly untilUs: number
}

export type Edit =
  /** Templates: merge (a segment "{name}"), split (text where a parameter was), rename ("{orderId}" for "{int}"), keep apart. */
  | {
      readonly kind: "pin.add"
      readonly service: string
      readonly pin: "template" | "apart"
      readonly path: string
      readonly reason?: string
    }
  | { readonly kind: "pin.remove"; readonly service: string; readonly id: string; readonly reason?: string }
  | {
      readonly kind: "specification.put"
      readonly service: string
      readonly name: string
      readonly text: string
      readonly isDeprecated?: boolean
      readonly supersedes?: readonly string[]
      /** Others of the same import follow: endpoints are judged with the last one, so that none is news in between. */
      readonly isFollowed?: boolean
      readonly reason?: string
    }
  | { readonly kind: "specification.remove"; readonly service: string; readonly name: string; readonly reason?: string }
  | {
      readonly kind: "service.note"
      readonly service: string
      readonly name?: string
      readonly owner?: string
      readonly labels?: readonly string[]
      readonly gateways?: readonly string[]
      readonly reason?: string
    }
  /** All rules of the source in place of those before. */
  | {
      readonly kind: "labels.put"
      readonly source: "file" | "hand"
      readonly rules: readonly LabelRuleFields[]
      readonly reason?: string
    }
  | {
      readonly kind: "endpoint.note"
      readonly endpoint: string
      readonly labels?: readonly string[]
      readonly note?: string
      readonly reason?: string
    }
  | { readonly kind: "partner.put"; readonly id?: string; readonly partner: PartnerFields; readonly reason?: string }
  /** All partners of the file in place of those it had before. */
  | {
      readonly kind: "partners.put"
      readonly source: "file"
      readonly partners: readonly PartnerFields[]
      readonly reason?: string
    }
  | { readonly kind: "partner.remove"; readonly id: string; readonly reason?: string }
  /** partner null: of none; "": as rules say. */
  | {
      readonly kind: "consumer.assign"
      readonly consumer: string
      readonly partner: string | null
      readonly reason?: string
    }
  | { readonly kind: "consumer.rename"; readonly consumer: string; readonly name: string; readonly reason?: string }
  /** By hand, without a proposal: `successor` goes on as `former`. */
  | { readonly kind: "consumer.merge"; readonly former: string; readonly successor: string; readonly reason?: string }
  | { readonly kind: "rotation.decide"; readonly id: string; readonly isConfirmed: boolean; readonly reason?: string }
  | {
      readonly kind: "finding.state"
      readonly id: string
      readonly state: "open" | "dismissed"
      readonly reason?: string
    }
  /** verdict: of a closed one malicious, benign or expected. */
  | {
      readonly kind: "incident.state"
      readonly id: string
      readonly state: "open" | "acknowledged" | "closed"
      readonly verdict?: "" | "malicious" | "benign" | "expected"
      /** Of the exceptions that "expected" makes. */
      readonly owner?: string
      readonly reason?: string
    }
  | {
      readonly kind: "exception.put"
      readonly id?: string
      readonly exception: ExceptionFields
      readonly reason?: string
    }
  | { readonly kind: "exception.remove"; readonly id: string; readonly reason?: string }
  | {
      readonly kind: "detector.set"
      readonly name: string
      readonly isEnabled?: boolean
      /** Those that are not the default. */
      readonly values?: Readonly<Record<string, number>>
      readonly reason?: string
    }
  | { readonly kind: "decoy.put"; readonly pattern: string; readonly reason?: string }
  | { readonly kind: "decoy.remove"; readonly id: string; readonly reason?: string }
  /** Of access, for the audit log only: access-notes.ts. */
  | {
      readonly kind: "session.begin" | "session.end" | "access.refused" | "token.make" | "token.revoke"
      /** "token:NAME", or "address:ADDRESS" where nobody is known. */
      readonly subject: string
      readonly sentence: string
      readonly facts: Readonly<Record<string, string | number | null>>
      readonly reason?: string
    }
export type EditKind = Edit["kind"]
export type EditOf<Kind extends EditKind> = Extract<Edit, { kind: Kind }>

export interface EditResult {
  /** Id of what was made or changed. */
  readonly id: string
  readonly sentence: string
}

/** Refused: nothing has changed. */
export class EditError extends Error {
  /** unknown: there is no such subject; invalid: the contents make no sense; conflict: contradicts what is there; limit: no place. */
  readonly code: "unknown" | "invalid" | "conflict" | "limit"
  /** Field of the edit, or place in the document ("paths./orders.get: line 12"), "" for none. */
  readonly place: string
  constructor(code: EditError["code"], message: string, place = "") {
    super(message)
    this.code = code
    this.place = place
  }
}

export interface Edits {
  /** Rejects with an EditError, or with a StoreError when it could not be kept. */
  edit(edit: Edit, actor: Actor): Promise<EditResult>
}

/** What a part of the inventory does with the kinds of edit that it answers for. */
export interface EditHandler {
  readonly kinds: readonly EditKind[]
  /** Changes the part's state in memory and says what it did, or throws an EditError before it has changed anything. */
  edit(edit: Edit, actor: Actor): Edited
}

export interface Edited extends EditResult {
  /** For the audit log: what was there before, small. */
  readonly before: unknown
}
