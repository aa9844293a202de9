// What an exchange's answer says about the inventory: whether it may add a service or an endpoint, whether it proves
// anything, and otherwise under which reason the exchange is counted.
//
//   status          101 2xx 304   other 3xx   400 421   404   405   other 4xx   5xx   none
//   proves               x
//   adds endpoint        x            x          x                      x
//   adds service         x            x                                 x
//
// The status that counts is HTTP's or, where a gRPC answer with status 200 says otherwise, what stands for its status in HTTP:
// 12 (no such method) is a 404, 13 to 15 and 2 are 500 and 503, 16 and 7 are 401 and 403, the others refuse one request.
// 400 and 421 are what a server says to a Host that it does not know, so they add no service. Only an exchange of which
// request and response are certain adds anything: state complete or bodyGap, method and path known.
import { type ApiEvent, HeadPart, PROTOCOL_NAMES, State } from "../../shared/event/api-event.ts"

/** Reasons in ServiceRecord.unlisted and LedgerRecord.unlisted. */
export const Unlisted = {
  notFound: "notFound",
  notAllowed: "notAllowed",
  /** 400 or 421 from a place that is not a known service. */
  badRequest: "badRequest",
  serverError: "serverError",
  /** 1xx other than 101, or a status out of range. */
  otherStatus: "otherStatus",
  /** The request was seen, its response not. */
  noResponse: "noResponse",
  /** The response was seen, its request not. */
  noRequest: "noRequest",
  /** Method or path could not be decoded: the connection was joined or lost bytes (HTTP/2). */
  unknownRequest: "unknownRequest",
  /** Request and response were seen and it is not certain that they belong together. */
  unpaired: "unpaired",
  /** A limit of the inventory was reached (LedgerRecord.limits says which). */
  limit: "limit",
} as const
export type Unlisted = (typeof Unlisted)[keyof typeof Unlisted]

/** Success: switching protocols, 2xx, not modified. A redirect may lead to a login page, so it proves nothing. */
export function isProof(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304 || status === 101
}

/** Index: gRPC status. Value: the HTTP status that says the same of the inventory. */
const GRPC_ANSWERS = [200, 499, 500, 422, 504, 422, 409, 403, 429, 422, 409, 422, 404, 500, 503, 500, 401] as const

/** The answer as an HTTP status, whatever says it. */
export function answerOf({ status, outcome }: ApiEvent): number {
  return outcome > 0 && outcome < GRPC_ANSWERS.length && status === 200 ? GRPC_ANSWERS[outcome]! : status
}

export function isError(event: ApiEvent): boolean {
  return event.status >= 400 || (event.outcome > 0 && answerOf(event) >= 400)
}

/** The request was answered, and not with an error: what it carried is what the endpoint takes. */
export function isAccepted(event: ApiEvent): boolean {
  return event.status > 0 && !isError(event)
}

const WEBSOCKET = PROTOCOL_NAMES.indexOf("websocket")

/** What a WebSocket carried, on the GET that opened it: not a request of its own. */
export function isConversation({ operation }: ApiEvent): boolean {
  return operation.protocol === WEBSOCKET
}

/** Whether the sensor saw a request: a lone answer tells of nobody's credentials, and a conversation has those of its GET. */
export function showsRequest(event: ApiEvent): boolean {
  if (event.state === State.responseOnly || isConversation(event)) return false
  return event.state !== State.unpaired || event.operation.method !== ""
}

/** null when the exchange may add an endpoint to a known service, otherwise why not. */
export function whyNoEndpoint(event: ApiEvent): Unlisted | null {
  switch (event.state) {
    case State.requestOnly:
      return Unlisted.noResponse
    case State.responseOnly:
      return Unlisted.noRequest
    case State.unpaired:
      return Unlisted.unpaired
  }
  const status = answerOf(event)
  if ((event.unknown & (HeadPart.method | HeadPart.path)) !== 0) return Unlisted.unknownRequest
  if (event.operation.method === "" && !isConversation(event)) return Unlisted.noRequest
  if (status === 404) return Unlisted.notFound
  if (status === 405) return Unlisted.notAllowed
  if ((status >= 200 && status < 500) || status === 101) return null
  if (status >= 500 && status < 600) return Unlisted.serverError
  return status === 0 ? Unlisted.noResponse : Unlisted.otherStatus
}

/** null when the exchange may add a service, otherwise why not. */
export function whyNoService(event: ApiEvent): Unlisted | null {
  if ((event.unknown & HeadPart.authority) !== 0) return whyNoEndpoint(event) ?? Unlisted.unknownRequest
  if (event.status === 400 || event.status === 421) return whyNoEndpoint(event) ?? Unlisted.badRequest
  return whyNoEndpoint(event)
}
