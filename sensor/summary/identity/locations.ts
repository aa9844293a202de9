// Places of credentials: one object for each rule and place, so that places compare by reference.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import type { IdentityRule, Place } from "./rules.ts"

const LOCATIONS = 4096

export interface Location {
  /** "authorization", "certificate", "header:x-api-key", "query:api_key", "cookie:sid", "matrix:jsessionid", "path:2". */
  readonly text: string
  readonly kind: Place
  readonly rule: IdentityRule
  /** Distinct for each record ever made. */
  readonly id: number
}

export class Locations {
  readonly #known = new StringInterner<Location>(LOCATIONS)
  #nextId = 1

  of(rule: IdentityRule, text: string): Location {
    const key = `${rule.name}\n${text}`
    let location = this.#known.find(key)
    if (location === undefined) {
      location = { kind: rule.in, text, rule, id: this.#nextId++ }
      this.#known.add(key, location)
    }
    return location
  }
}
