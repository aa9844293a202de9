// Two halves of one exchange, seen by two sensors (or two workers of one), as the one event that a sensor which sees both
// directions would have sent.
//
// Given up: times between the halves. They were taken by two clocks, and a latency that is off by their difference is worse
// than none: firstByteUs and totalUs stay unknown.
import {
  AMBIGUOUS_FLAG,
  type ApiEvent,
  GAP_FLAG,
  HeadPart,
  ONE_WAY_FLAG,
  State,
  TRUNCATED_FLAG,
} from "../../shared/event/api-event.ts"

export function joinHalves(request: ApiEvent, response: ApiEvent): ApiEvent {
  // A sensor that does not see the request takes a HEAD's response for one whose body never came.
  const answered = request.operation.method === "HEAD" ? response.flags & ~TRUNCATED_FLAG : response.flags
  const flags = (request.flags | answered) & ~(ONE_WAY_FLAG | AMBIGUOUS_FLAG)
  return {
    ...request,
    state: (flags & GAP_FLAG) === 0 ? State.complete : State.bodyGap,
    flags,
    anomalies: mergeCodes(request.anomalies, response.anomalies),
    response: response.response,
    responseBytes: response.responseBytes,
    status: response.status,
    items: response.items,
    responseClasses: response.responseClasses,
    returned: response.returned,
    returnedTotal: response.returnedTotal,
    responseMessages: response.responseMessages,
    outcome: response.outcome,
    unknown: (request.unknown & ~HeadPart.status) | (response.unknown & (HeadPart.status | HeadPart.fields)),
  }
}

/** Ascending, each once. */
function mergeCodes(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort((x, y) => x - y)
}
