// What is compared: something that puts requests of one service into groups, and may change its mind about those it has had.
import type { PathText } from "../../../sensor/index.ts"

export interface LearnerRequest {
  readonly method: string
  /** As on the wire, without query: for rules that read plain paths. */
  readonly target: string
  /** As an event has it: typed tokens, extension split off. */
  readonly typed: PathText
  /** Coarse shape of the response, 0 for none. */
  readonly shape: number
  readonly status: number
  /** 32 bits. */
  readonly consumer: number
  /** µs since 1970. */
  readonly timeUs: number
}

export interface Learner {
  observe(request: LearnerRequest): void
  /** The group of every request so far, in order: its template, behind "number:" where groups have ids; "" for a request without place. */
  groups(): readonly string[]
}

export interface LearnerKind {
  readonly name: string
  /** May be asked for its groups in between; they may change. */
  readonly isOnline?: boolean
  /** One a service. */
  make(): Learner
}
