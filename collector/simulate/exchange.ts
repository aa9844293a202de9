// One exchange as the world makes it: who asks whom for what, and what the answer holds. Events and bytes on a wire are made from it.
import type { Route } from "./api-design.ts"
import type { ClientPrint } from "./client-print.ts"
import type { Credential } from "./credential.ts"

/** A parameter of a query with its value. */
export interface QueryValue {
  readonly name: string
  /** Kind that a sensor tells: int, word, timestamp, url ... */
  readonly kind: string
  readonly value: string | number
}

export interface Exchange {
  /** Of the request's first byte, whole µs. */
  timeUs: number
  /** From the request's last byte to the response's first, µs. */
  readonly waitUs: number
  /** Index of the partner that it is of; of whom the credential is where it was stolen. */
  readonly partner: number
  readonly client: ClientPrint
  /** Null: none is sent. */
  readonly credential: Credential | null
  readonly route: Route
  /** In order of name. */
  readonly query: readonly QueryValue[]
  /** Number of the object in the path, -1 none. */
  readonly asked: number
  /** Numbers of objects of the route's resource that the answer lists; null: it lists none. */
  readonly given: readonly number[] | null
  /** Numbers of objects of the resource that the route's resource refers to, in the request's body. */
  readonly sent: readonly number[]
  /** Names of fields in the request's body beyond the usual ones. */
  readonly extraFields: readonly string[]
  readonly status: number
  /** Version of the answer's form: another field with each release of its own. */
  readonly form: number
  /** Index of the label, 0 for none. */
  readonly label: number
}

export const NO_QUERY: readonly QueryValue[] = Object.freeze([])
export const NO_NAMES: readonly string[] = Object.freeze([])
