// What is allowed although a detection would say otherwise: by whom, where, which detection, until when.
import type { ConsumerSubject, EndpointSubject } from "../baseline/subjects.ts"
import type { ExceptionRecord } from "../store/documents.ts"

interface Held {
  readonly exception: ExceptionRecord
  /** Findings held back. */
  count: number
  /** Event time of the last one, µs. */
  lastUs: number
}

export type SavedExceptions = Map<string, Held>

export class Exceptions {
  readonly #held: SavedExceptions

  constructor(saved: SavedExceptions = new Map()) {
    this.#held = saved
  }

  set(id: string, exception: ExceptionRecord | null): void {
    if (exception === null) this.#held.delete(id)
    else {
      const { count, lastUs } = this.#held.get(id) ?? { count: 0, lastUs: 0 }
      this.#held.set(id, { exception, count, lastUs })
    }
  }

  /** The exception that holds a finding back, counted; null when there is none in force. */
  of(
    detector: string,
    consumer: ConsumerSubject | null,
    endpoint: EndpointSubject | null,
    atUs: number,
  ): string | null {
    for (const [id, held] of this.#held) {
      if (!fits(held.exception, detector, consumer, endpoint, atUs)) continue
      held.count++
      held.lastUs = atUs
      return id
    }
    return null
  }

  /** Findings held back so far, and when last (event time, µs). */
  useOf(id: string): { readonly count: number; readonly lastUs: number } {
    const held = this.#held.get(id)
    return { count: held?.count ?? 0, lastUs: held?.lastUs ?? 0 }
  }

  save(): SavedExceptions {
    return this.#held
  }
}

function fits(
  exception: ExceptionRecord,
  detector: string,
  consumer: ConsumerSubject | null,
  endpoint: EndpointSubject | null,
  atUs: number,
): boolean {
  if (atUs >= exception.untilUs) return false
  if (exception.detector !== "" && exception.detector !== detector) return false
  if (exception.consumer !== "" && exception.consumer !== consumer?.id) return false
  if (exception.partner !== "" && exception.partner !== consumer?.partner) return false
  return exception.endpoint === "" || exception.endpoint === endpoint?.id
}
