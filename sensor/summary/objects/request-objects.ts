// The objects that a request names by its head, and how it steps and pages: fields of ApiEvent, kept with the request.
import { type ApiEvent, NO_NUMBERS } from "../../../shared/event/api-event.ts"
import type { HttpHead } from "../../http/http-head.ts"
import type { OperationEntry, Operations } from "../operations.ts"
import type { Sender } from "../sender.ts"
import type { QueryFacts } from "./query-objects.ts"
import type { Steps } from "./steps.ts"

export class RequestObjects implements QueryFacts {
  /** As in ApiEvent. */
  objects: readonly number[] = NO_NUMBERS
  weakObjects: readonly number[] = NO_NUMBERS
  queryValues: readonly number[] = NO_NUMBERS
  queryObjects: readonly number[] = NO_NUMBERS
  step = 0
  pageLimit = -1
  pageOffset = -1
  /** The number to step by, -1 without one. */
  number = -1

  /** Of the request whose operation was just found by `operations`. `steps` null: only what the path names is told. */
  read(head: HttpHead, operations: Operations, entry: OperationEntry, sender: Sender, steps: Steps | null): void {
    const { path, query } = operations
    this.objects = path.objects
    this.weakObjects = NO_NUMBERS
    this.#clearQuery()
    if (entry.values !== null) this.queryValues = entry.values.read(head.bytes, query)
    if (steps === null) return
    this.weakObjects = path.weak
    if (entry.queryPlan !== null) entry.queryPlan.read(head.bytes, query, this)
    const number = path.number >= 0 ? path.number : this.number
    if (number >= 0) this.step = steps.to(sender.principalHash, entry.template.serial, number)
  }

  /** Of what follows on the connection of that request: what its path names. */
  follow(request: RequestObjects): void {
    this.objects = request.objects
    this.weakObjects = request.weakObjects
    this.#clearQuery()
  }

  #clearQuery(): void {
    this.queryValues = NO_NUMBERS
    this.queryObjects = NO_NUMBERS
    this.step = 0
    this.pageLimit = -1
    this.pageOffset = -1
    this.number = -1
  }

  writeTo(event: ApiEvent): void {
    event.objects = this.objects
    event.weakObjects = this.weakObjects
    event.queryValues = this.queryValues
    event.queryObjects = this.queryObjects
    event.step = this.step
    event.pageLimit = this.pageLimit
    event.pageOffset = this.pageOffset
  }
}

/** Of a request that was not seen. */
export const UNSEEN_OBJECTS = new RequestObjects()
