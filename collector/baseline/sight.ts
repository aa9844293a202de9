// One exchange as baselines and detectors see it: the event, who sent it, to what, and what the baselines before have found in it.
//
// There is one Sight, used again for each exchange: copy what must be kept.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { answerOf, isProof } from "../inventory/answer.ts"
import { INCOMPLETE_FLAGS, LOSSY_FLAGS } from "../inventory/lossy.ts"
import { NO_SLOTS, type ObjectSlots, SlotTable } from "./object-slots.ts"
import type { ConsumerSubject, EndpointSubject, PairSubject } from "./subjects.ts"

export class Sight {
  event!: ApiEvent
  /** Event time of the request, µs. */
  atUs = 0
  consumer!: ConsumerSubject
  /** Null where the exchange is at no endpoint: not found, not allowed, made up, past a limit. */
  endpoint: EndpointSubject | null = null
  /** Null without an endpoint, and past the limit of pairs. */
  pair: PairSubject | null = null
  /** The answer as an HTTP status, gRPC included; 0 when it was not seen. */
  answer = 0
  /** 2xx, 304, 101. */
  isSuccess = false
  /** 401 or 403. */
  isRefused = false
  /** Not GET, HEAD or OPTIONS. */
  isWrite = false
  /** Bytes of this exchange were lost, or half of it was not seen: what is absent proves nothing. */
  isLossy = false
  /** Lossy, or the beginning of its connection was not seen, where a credential may have been shown. */
  isUnsure = false
  /** It lies in an hour that is closed: sets may learn from it, counts by window leave it out. */
  isLate = false
  /** What the ids of the operation name; without an endpoint nothing. */
  slots: ObjectSlots = NO_SLOTS
  readonly #slots = new SlotTable()

  // Found by baseline/objects.ts; 0 where nothing is known.
  /** Objects that it asked for. */
  asked = 0
  /** Of these: never asked for by this consumer before. */
  fresh = 0
  /** Of these: never given to this consumer in an answer, although answers of their kind give such ids. */
  unprovenanced = 0
  /** Of these: nearly always asked for by another consumer. */
  foreign = 0

  turnTo(
    event: ApiEvent,
    consumer: ConsumerSubject,
    endpoint: EndpointSubject | null,
    pair: PairSubject | null,
    isLate: boolean,
  ): void {
    this.event = event
    this.atUs = event.startUs
    this.consumer = consumer
    this.endpoint = endpoint
    this.pair = pair
    this.answer = answerOf(event)
    this.isSuccess = isProof(this.answer)
    this.isRefused = this.answer === 401 || this.answer === 403
    const { method } = event.operation
    this.isWrite = method !== "GET" && method !== "HEAD" && method !== "OPTIONS" && method !== ""
    this.isLossy = (event.flags & INCOMPLETE_FLAGS) !== 0 || event.state !== 0
    this.isUnsure = this.isLossy || (event.flags & LOSSY_FLAGS) !== 0
    this.isLate = isLate
    this.slots = endpoint === null ? NO_SLOTS : this.#slots.of(event, endpoint)
    this.asked = 0
    this.fresh = 0
    this.unprovenanced = 0
    this.foreign = 0
  }
}
