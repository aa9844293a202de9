// How the exchanges of an endpoint were authenticated: what its posture is concluded from.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { AuthRecord } from "../store/records.ts"

export const NO_AUTH: AuthRecord = { windows: [], weak: {} }

export class AuthFacts {
  readonly #record: AuthRecord

  constructor(record: AuthRecord = NO_AUTH) {
    this.#record = record
  }

  count(_event: ApiEvent): void {}

  /** Adds what another route counted. */
  merge(_other: AuthFacts): void {}

  record(): AuthRecord {
    return this.#record
  }
}
