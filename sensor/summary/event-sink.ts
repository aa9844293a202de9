// Where events and the texts of their shapes go.
import type { ApiEvent, ShapeNote } from "../../shared/event/api-event.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"

export interface EventSink {
  /** The record is reused; the interned records it points to are not. */
  publish(event: ApiEvent, plain: PlainFacts | null): void
  /** Before the first event that refers to the shape. */
  note(shape: ShapeNote): void
}
