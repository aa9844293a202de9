// The bodies of an endpoint by direction, status and content type: what its schemas are merged from.
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import type { BodiesRecord } from "../../store/records.ts"

export class BodySchemas {
  readonly #records: readonly BodiesRecord[]

  constructor(records: readonly BodiesRecord[] = []) {
    this.#records = records
  }

  count(_event: ApiEvent): void {}

  /** Adds what another route counted. */
  merge(_other: BodySchemas): void {}

  records(): BodiesRecord[] {
    return [...this.#records]
  }
}
