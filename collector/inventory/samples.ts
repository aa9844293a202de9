// A few exchanges of a route: those that showed something first. What evidence and drift point at.
//
// In:  exchanges, with what each is the first of at its route. Out: at most SAMPLES_MAX, in order of time.
// Each kind of novelty has places of its own, so that a hundred shapes cannot take those of the first error. What is kept depends on the
// order of exchanges; of two routes together, on what was kept of each and on nothing else.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { STATE_NAMES } from "../../shared/event/api-event.ts"
import type { SampleRecord } from "../store/records.ts"
import { kindOf, PLACES, type Reason } from "./sample-reasons.ts"

/** Places of all kinds of novelty together. */
export const SAMPLES_MAX = Object.values(PLACES).reduce((sum, places) => sum + places, 0)

export class Samples {
  #samples: SampleRecord[] = []
  readonly #used = new Map<string, number>()

  constructor(records: readonly SampleRecord[] = []) {
    for (const record of records) this.#keep(record)
  }

  /** `reasons` is not empty. Kept when a place is left for one of them. */
  note(event: ApiEvent, path: string, consumer: string, reasons: readonly Reason[]): void {
    if (!reasons.some((reason) => this.#hasPlace(reason))) return
    const { startUs, client, exchangeKey, firstByteUs } = event
    this.#keep({
      atUs: startUs,
      why: reasons,
      path,
      status: event.status,
      consumer,
      client: client.address,
      exchange: exchangeKey === 0 ? "" : exchangeKey.toString(16).padStart(12, "0"),
      requestBytes: event.requestBytes,
      responseBytes: event.responseBytes,
      latencyUs: firstByteUs,
      requestShape: event.request.fullShape,
      responseShape: event.response.fullShape,
      state: STATE_NAMES[event.state] ?? "",
      flags: event.flags,
    })
  }

  /** Of both, what shows most: an exchange stays when it shows something that no earlier one of those kept does. */
  merge(other: Samples): void {
    const all = [...this.#samples, ...other.#samples].sort(inOrder)
    this.#samples = []
    this.#used.clear()
    const shown = new Set<Reason>()
    for (const sample of all) {
      const fresh = sample.why.filter((reason) => !shown.has(reason))
      if (!fresh.some((reason) => this.#hasPlace(reason))) continue
      for (const reason of sample.why) shown.add(reason)
      this.#keep({ ...sample, why: fresh })
    }
  }

  records(): SampleRecord[] {
    return [...this.#samples].sort(inOrder)
  }

  #hasPlace(reason: Reason): boolean {
    const kind = kindOf(reason)
    return (this.#used.get(kind) ?? 0) < (PLACES[kind] ?? 0) && this.#samples.length < SAMPLES_MAX
  }

  /** Takes the place of the first of its reasons that has one. */
  #keep(sample: SampleRecord): void {
    const kind = kindOf(sample.why.find((reason) => this.#hasPlace(reason)) ?? sample.why[0] ?? "")
    this.#used.set(kind, (this.#used.get(kind) ?? 0) + 1)
    this.#samples.push(sample)
  }
}

function inOrder(a: SampleRecord, b: SampleRecord): number {
  if (a.atUs !== b.atUs) return a.atUs - b.atUs
  const [keyA, keyB] = [a, b].map(({ exchange, path, status, why }) => `${exchange} ${path} ${status} ${why.join()}`)
  return keyA! < keyB! ? -1 : keyA! > keyB! ? 1 : 0
}
