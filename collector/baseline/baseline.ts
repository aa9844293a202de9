// The contract of a baseline: what is usual, learned exchange by exchange on event time, in bounded memory.
//
// Baselines are noted in the order of baselines.ts before any detector sees the exchange; a detector therefore asks for what was usual
// *before* (each baseline says which of its answers include the present exchange). All state is in typed arrays, maps and plain objects
// that `structuredClone` can copy: `save` hands it out for the snapshot, the constructor takes it back, and then everything goes on
// as if nothing had happened. Nothing reads a clock or draws a random number.

import type { BaselineLimits } from "../inventory/baseline-limits.ts"
import type { LimitCounters } from "../inventory/limits.ts"
import type { ShapeTexts } from "../inventory/shape-notes.ts"
import type { Turn } from "./event-clock.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "./subjects.ts"

/** What every baseline is given when it is made. */
export interface BaselineParts {
  readonly subjects: Subjects
  readonly limits: BaselineLimits
  readonly reached: LimitCounters
  /** Fields of bodies by shape. */
  readonly texts: ShapeTexts
}

export interface Baseline {
  /** Takes the exchange in, and fills its fields of the sight. */
  note(sight: Sight): void
  /** A window of event time has closed. */
  turn?(turn: Turn): void
  /** `former` goes on as `successor` (confirmed rotation): what was usual for either is usual. Sketches are summed. */
  mergeConsumers?(former: ConsumerSubject, successor: ConsumerSubject): void
  mergeEndpoints?(former: EndpointSubject, successor: EndpointSubject): void
  /** `fresh` was split from `parent`: it starts with half the weight of what the parent knows. */
  splitEndpoint?(parent: EndpointSubject, fresh: EndpointSubject): void
  /** What the consumer did in [fromUs, toUs) was malicious: it is no part of what is usual. */
  purge?(consumer: ConsumerSubject, fromUs: number, toUs: number): void
  /** The present level is expected: it is adopted at once. `endpoint` null: all that it does. */
  adopt?(consumer: ConsumerSubject, endpoint: EndpointSubject | null): void
  /** What the snapshot keeps. Valid until the next call of anything. */
  save(): unknown
  /** Bytes that it holds, estimated within a factor of two. */
  readonly bytes: number
}
