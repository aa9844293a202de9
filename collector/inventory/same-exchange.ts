// What the exchanges of a route have in common, again and again: counted as often as it came when another one comes.
//
// In:  exchanges. Out: whether one is like the one before, in all that is counted by name; how many were.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { answerOf, isError, isProof } from "./answer.ts"
import { LOSSY_FLAGS } from "./lossy.ts"

export class SameExchange {
  /** Those like it that were not counted yet. */
  times = 0
  status = -1
  outcome = -1
  state = 0
  isLossy = false
  protocol = 0
  scheme = ""
  requestType = ""
  requestShape = 0
  responseType = ""
  responseShape = 0
  /** They follow from status and outcome. */
  isError = false
  isProof = false

  isLike(event: ApiEvent): boolean {
    const { request, response } = event
    return (
      event.status === this.status &&
      event.state === this.state &&
      response.fullShape === this.responseShape &&
      request.fullShape === this.requestShape &&
      event.outcome === this.outcome &&
      ((event.flags & LOSSY_FLAGS) !== 0) === this.isLossy &&
      event.operation.protocol === this.protocol &&
      event.identity.scheme === this.scheme &&
      response.contentType === this.responseType &&
      request.contentType === this.requestType
    )
  }

  turnTo(event: ApiEvent): void {
    const { request, response } = event
    this.status = event.status
    this.outcome = event.outcome
    this.state = event.state
    this.isLossy = (event.flags & LOSSY_FLAGS) !== 0
    this.protocol = event.operation.protocol
    this.scheme = event.identity.scheme
    this.requestType = request.contentType
    this.requestShape = request.fullShape
    this.responseType = response.contentType
    this.responseShape = response.fullShape
    this.isError = isError(event)
    this.isProof = isProof(answerOf(event))
  }
}
