// Events of which nothing is known yet.
import {
  type ApiEvent,
  EMPTY_CALL,
  EMPTY_FORM,
  NO_NUMBERS,
  NO_STRINGS,
  type Operation,
} from "../../shared/event/api-event.ts"
import { NOBODY } from "./identity/credentials.ts"

/** The operation of a request that was not seen. */
export function unseenOperation(protocol: number): Operation {
  return {
    protocol,
    method: "",
    path: "",
    extension: "",
    pathFlags: 0,
    operationKey: "",
    query: NO_STRINGS,
    headers: NO_STRINGS,
    cookies: NO_STRINGS,
  }
}

/** A record to be filled, exchange after exchange. */
export function emptyEvent(): ApiEvent {
  const nowhere = { address: "", addressClass: "unspecified" }
  return {
    startUs: 0,
    firstByteUs: -1,
    totalUs: -1,
    exchangeKey: 0,
    state: 0,
    flags: 0,
    anomalies: NO_NUMBERS,
    client: {
      ...nowhere,
      prefix: "",
      fieldOrder: 0,
      userAgentFamily: "",
      userAgentHash: 0,
      ja4: "",
      alpn: "",
      hops: 0,
      forwardedPrefix: "",
    },
    server: { ...nowhere, port: 0, authority: "", zone: "", tls: "" },
    identity: NOBODY,
    operation: unseenOperation(0),
    request: EMPTY_FORM,
    response: EMPTY_FORM,
    requestBytes: 0,
    responseBytes: 0,
    status: 0,
    items: -1,
    objects: NO_NUMBERS,
    requestClasses: NO_STRINGS,
    responseClasses: NO_STRINGS,
    call: EMPTY_CALL,
    requestMessages: -1,
    responseMessages: -1,
    outcome: -1,
    unknown: 0,
    tenantMatch: -1,
    queryValues: NO_NUMBERS,
    returned: NO_NUMBERS,
    returnedTotal: -1,
    weakObjects: NO_NUMBERS,
    queryObjects: NO_NUMBERS,
    bodyObjects: NO_NUMBERS,
    step: 0,
    pageLimit: -1,
    pageOffset: -1,
  }
}
